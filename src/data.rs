//! Reading what people have: edge lists, WordNet.
