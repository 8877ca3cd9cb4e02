// Windows of images laid out as columns, and their transpose: src/ops/conv/window.rs.
#include "element.cuh"

// Windows of `rows` × `columns` taps at `down` × `across` places of an image of `height` × `width`.
#define WINDOWS                                                                                                \
    i64 rows, i64 columns, i64 down, i64 across, i64 height, i64 width, i64 pad_rows, i64 pad_columns, i64 stride, \
        i64 dilation

// Row `plane · area + tap` of the columns has what the windows see at that tap; numbers of any type of their size.
#define UNFOLD(size, T)                                                                                        \
    KERNEL unfold_##size(T* out, const T* x, u64 n, WINDOWS) {                                                 \
        i64 area = rows * columns, count = down * across;                                                      \
        FOR_EACH (at, n) {                                                                                     \
            i64 place = i64(at) % count, tap = i64(at) / count % area, plane = i64(at) / count / area;         \
            i64 r = place / across * stride + tap / columns * dilation - pad_rows;                             \
            i64 c = place % across * stride + tap % columns * dilation - pad_columns;                          \
            bool inside = r >= 0 && r < height && c >= 0 && c < width;                                         \
            out[at] = inside ? x[(plane * height + r) * width + c] : T(0);                                     \
        }                                                                                                      \
    }
UNFOLD(1, u8)
UNFOLD(2, u16)
UNFOLD(4, u32)
UNFOLD(8, u64)

// Each pixel is the sum, over the taps in their order, of what the windows that see it have there.
#define FOLD(T)                                                                                                \
    KERNEL fold_##T(T* out, const T* x, u64 n, WINDOWS) {                                                      \
        i64 area = rows * columns, count = down * across;                                                      \
        FOR_EACH (at, n) {                                                                                     \
            i64 c = i64(at) % width, r = i64(at) / width % height, plane = i64(at) / width / height;           \
            T sum = 0;                                                                                         \
            for (i64 tap = 0; tap < area; tap++) {                                                             \
                i64 i = r + pad_rows - tap / columns * dilation, j = c + pad_columns - tap % columns * dilation; \
                if (i < 0 || j < 0 || i % stride || j % stride) continue;                                      \
                i /= stride;                                                                                   \
                j /= stride;                                                                                   \
                if (i < down && j < across) sum += x[(plane * area + tap) * count + i * across + j];           \
            }                                                                                                  \
            out[at] = sum;                                                                                     \
        }                                                                                                      \
    }
FOLD(f32)
FOLD(f64)
