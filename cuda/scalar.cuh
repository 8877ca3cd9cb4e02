// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#pragma once
#include "double_double.cuh"

template <class W> FUNCTION W asinh_sqrt(W x);
template <class W> FUNCTION W asinhc(W x);
template <class W> struct Ratio {
    W f, df, dhf;
};
template <class W> FUNCTION Ratio<W> ratio(W x);
template <class W> struct Sinhc {
    W c, s, ds, versine;
};
template <class W> FUNCTION Sinhc<W> sinhc(W x);
template <class W> struct Tanhc {
    W tau, dtau, square, sech2, co;
};
template <class W> FUNCTION Tanhc<W> tanhc(W x);

template <> FUNCTION double asinh_sqrt<double>(double x) {
    using W = double;
    const W n0 = 1.0 - W(16.0) / 17.0 * x * (1.0 - W(18.0) / 19.0 * x);
    const W n1 = W(12.0) / 13.0 * x * (1.0 - W(14.0) / 15.0 * x * n0);
    const W n2 = W(8.0) / 9.0 * x * (1.0 - W(10.0) / 11.0 * x * (1.0 - n1));
    const W n3 = W(4.0) / 5.0 * x * (1.0 - W(6.0) / 7.0 * x * (1.0 - n2));
    const W n4 = if_below<W>(x, 1e35, sqrt(x * (x + 1.0)), x + 0.5);
    const W n5 = if_below<W>(x, 0.015625, (1.0 - W(2.0) / 3.0 * x * (1.0 - n3)) * n4, log((x + n4) * 2.0 + 1.0) / 2.0);
    return n5;
}

template <> APART dd asinh_sqrt<dd>(dd x) {
    using W = dd;
    const W n0 = 1.0 - W(34.0) / 35.0 * x * (1.0 - W(36.0) / 37.0 * x);
    const W n1 = W(30.0) / 31.0 * x * (1.0 - W(32.0) / 33.0 * x * n0);
    const W n2 = W(26.0) / 27.0 * x * (1.0 - W(28.0) / 29.0 * x * (1.0 - n1));
    const W n3 = W(22.0) / 23.0 * x * (1.0 - W(24.0) / 25.0 * x * (1.0 - n2));
    const W n4 = W(18.0) / 19.0 * x * (1.0 - W(20.0) / 21.0 * x * (1.0 - n3));
    const W n5 = W(14.0) / 15.0 * x * (1.0 - W(16.0) / 17.0 * x * (1.0 - n4));
    const W n6 = W(10.0) / 11.0 * x * (1.0 - W(12.0) / 13.0 * x * (1.0 - n5));
    const W n7 = W(6.0) / 7.0 * x * (1.0 - W(8.0) / 9.0 * x * (1.0 - n6));
    const W n8 = W(2.0) / 3.0 * x * (1.0 - W(4.0) / 5.0 * x * (1.0 - n7));
    const W n9 = if_below<W>(x, 1e35, sqrt(x * (x + 1.0)), x + 0.5);
    const W n10 = if_below<W>(x, 0.015625, (1.0 - n8) * n9, log((x + n9) * 2.0 + 1.0) / 2.0);
    return n10;
}

template <> FUNCTION double asinhc<double>(double x) {
    using W = double;
    const W n0 = 1.0 - W(16.0) / 17.0 * x * (1.0 - W(18.0) / 19.0 * x);
    const W n1 = W(12.0) / 13.0 * x * (1.0 - W(14.0) / 15.0 * x * n0);
    const W n2 = W(8.0) / 9.0 * x * (1.0 - W(10.0) / 11.0 * x * (1.0 - n1));
    const W n3 = W(4.0) / 5.0 * x * (1.0 - W(6.0) / 7.0 * x * (1.0 - n2));
    const W n4 = x + 1.0;
    const W n5 = (x + if_below<W>(x, 1e35, sqrt(x * n4), x + 0.5)) * 2.0;
    const W n6 = if_below<W>(x, 0.015625, (1.0 - W(2.0) / 3.0 * x * (1.0 - n3)) * sqrt(n4), log(n5 + 1.0) / 2.0 / sqrt(x));
    return n6;
}

template <> APART dd asinhc<dd>(dd x) {
    using W = dd;
    const W n0 = 1.0 - W(34.0) / 35.0 * x * (1.0 - W(36.0) / 37.0 * x);
    const W n1 = W(30.0) / 31.0 * x * (1.0 - W(32.0) / 33.0 * x * n0);
    const W n2 = W(26.0) / 27.0 * x * (1.0 - W(28.0) / 29.0 * x * (1.0 - n1));
    const W n3 = W(22.0) / 23.0 * x * (1.0 - W(24.0) / 25.0 * x * (1.0 - n2));
    const W n4 = W(18.0) / 19.0 * x * (1.0 - W(20.0) / 21.0 * x * (1.0 - n3));
    const W n5 = W(14.0) / 15.0 * x * (1.0 - W(16.0) / 17.0 * x * (1.0 - n4));
    const W n6 = W(10.0) / 11.0 * x * (1.0 - W(12.0) / 13.0 * x * (1.0 - n5));
    const W n7 = W(6.0) / 7.0 * x * (1.0 - W(8.0) / 9.0 * x * (1.0 - n6));
    const W n8 = W(2.0) / 3.0 * x * (1.0 - W(4.0) / 5.0 * x * (1.0 - n7));
    const W n9 = x + 1.0;
    const W n10 = (x + if_below<W>(x, 1e35, sqrt(x * n9), x + 0.5)) * 2.0;
    const W n11 = if_below<W>(x, 0.015625, (1.0 - n8) * sqrt(n9), log(n10 + 1.0) / 2.0 / sqrt(x));
    return n11;
}

template <> FUNCTION Ratio<double> ratio<double>(double x) {
    using W = double;
    const W n0 = W(18.0) / 19.0;
    const W n1 = 1.0 - n0 * x;
    const W n2 = W(16.0) / 17.0;
    const W n3 = 1.0 - n2 * x * n1;
    const W n4 = W(14.0) / 15.0;
    const W n5 = 1.0 - n4 * x * n3;
    const W n6 = W(12.0) / 13.0;
    const W n7 = n5 + x * -(n4 * (n3 + x * -(n2 * (n1 + x * -n0))));
    const W n8 = 1.0 - n6 * x * n5;
    const W n9 = W(10.0) / 11.0;
    const W n10 = 1.0 - n9 * x * n8;
    const W n11 = W(8.0) / 9.0;
    const W n12 = -(n11 * (n10 + x * -(n9 * (n8 + x * -(n6 * n7)))));
    const W n13 = 1.0 - n11 * x * n10;
    const W n14 = W(6.0) / 7.0;
    const W n15 = 1.0 - n14 * x * n13;
    const W n16 = W(4.0) / 5.0;
    const W n17 = 1.0 - n16 * x * n15;
    const W n18 = W(2.0) / 3.0;
    const W n19 = x * -(n16 * (n15 + x * -(n14 * (n13 + x * n12))));
    const W n20 = x + 1.0;
    const W n21 = x * n20;
    const W n22 = if_below<W>(x, 1e35, sqrt(n21), x + 0.5);
    const W n23 = log((x + n22) * 2.0 + 1.0) / 2.0 / n22;
    const W n24 = if_below<W>(x, 0.015625, 1.0 - n18 * x * n17, n23);
    const W n25 = if_below<W>(x, 0.015625, -(n18 * (n17 + n19)), (1.0 - n23 * (x * 2.0 + 1.0)) / (n21 * 2.0));
    return {n24, n25, (n24 + 1.0) / (n20 * 2.0)};
}

template <> APART Ratio<dd> ratio<dd>(dd x) {
    using W = dd;
    const W n0 = W(36.0) / 37.0;
    const W n1 = 1.0 - n0 * x;
    const W n2 = W(34.0) / 35.0;
    const W n3 = 1.0 - n2 * x * n1;
    const W n4 = W(32.0) / 33.0;
    const W n5 = 1.0 - n4 * x * n3;
    const W n6 = W(30.0) / 31.0;
    const W n7 = n5 + x * -(n4 * (n3 + x * -(n2 * (n1 + x * -n0))));
    const W n8 = 1.0 - n6 * x * n5;
    const W n9 = W(28.0) / 29.0;
    const W n10 = 1.0 - n9 * x * n8;
    const W n11 = W(26.0) / 27.0;
    const W n12 = -(n11 * (n10 + x * -(n9 * (n8 + x * -(n6 * n7)))));
    const W n13 = 1.0 - n11 * x * n10;
    const W n14 = W(24.0) / 25.0;
    const W n15 = 1.0 - n14 * x * n13;
    const W n16 = W(22.0) / 23.0;
    const W n17 = 1.0 - n16 * x * n15;
    const W n18 = W(20.0) / 21.0;
    const W n19 = x * -(n16 * (n15 + x * -(n14 * (n13 + x * n12))));
    const W n20 = 1.0 - n18 * x * n17;
    const W n21 = W(18.0) / 19.0;
    const W n22 = 1.0 - n21 * x * n20;
    const W n23 = W(16.0) / 17.0;
    const W n24 = n22 + x * -(n21 * (n20 + x * -(n18 * (n17 + n19))));
    const W n25 = 1.0 - n23 * x * n22;
    const W n26 = W(14.0) / 15.0;
    const W n27 = 1.0 - n26 * x * n25;
    const W n28 = W(12.0) / 13.0;
    const W n29 = n28 * (n27 + x * -(n26 * (n25 + x * -(n23 * n24))));
    const W n30 = 1.0 - n28 * x * n27;
    const W n31 = W(10.0) / 11.0;
    const W n32 = 1.0 - n31 * x * n30;
    const W n33 = W(8.0) / 9.0;
    const W n34 = 1.0 - n33 * x * n32;
    const W n35 = W(6.0) / 7.0;
    const W n36 = x * -(n33 * (n32 + x * -(n31 * (n30 + x * -n29))));
    const W n37 = 1.0 - n35 * x * n34;
    const W n38 = W(4.0) / 5.0;
    const W n39 = 1.0 - n38 * x * n37;
    const W n40 = W(2.0) / 3.0;
    const W n41 = n39 + x * -(n38 * (n37 + x * -(n35 * (n34 + n36))));
    const W n42 = x + 1.0;
    const W n43 = x * n42;
    const W n44 = if_below<W>(x, 1e35, sqrt(n43), x + 0.5);
    const W n45 = log((x + n44) * 2.0 + 1.0) / 2.0 / n44;
    const W n46 = if_below<W>(x, 0.015625, 1.0 - n40 * x * n39, n45);
    const W n47 = if_below<W>(x, 0.015625, -(n40 * n41), (1.0 - n45 * (x * 2.0 + 1.0)) / (n43 * 2.0));
    return {n46, n47, (n46 + 1.0) / (n42 * 2.0)};
}

template <> FUNCTION Sinhc<double> sinhc<double>(double x) {
    using W = double;
    const W n0 = W(1.0) / 342.0;
    const W n1 = n0 * x + 1.0;
    const W n2 = W(1.0) / 306.0;
    const W n3 = W(1.0) / 272.0;
    const W n4 = n3 * x * n1 + 1.0;
    const W n5 = W(1.0) / 240.0;
    const W n6 = W(1.0) / 210.0;
    const W n7 = n6 * x * n4 + 1.0;
    const W n8 = W(1.0) / 182.0;
    const W n9 = x * (x * (x * (W(1.0) / 380.0) + 1.0) * n2 + 1.0);
    const W n10 = W(1.0) / 156.0;
    const W n11 = n10 * (n7 + x * (n6 * (n4 + x * (n3 * (n1 + x * n0)))));
    const W n12 = n10 * x * n7 + 1.0;
    const W n13 = x * (x * (x * (x * n2 + 1.0) * n5 + 1.0) * n8 + 1.0);
    const W n14 = W(1.0) / 132.0;
    const W n15 = W(1.0) / 110.0;
    const W n16 = n15 * x * n12 + 1.0;
    const W n17 = W(1.0) / 90.0;
    const W n18 = W(1.0) / 72.0;
    const W n19 = n18 * x * n16 + 1.0;
    const W n20 = W(1.0) / 56.0;
    const W n21 = x * (x * (n13 * n14 + 1.0) * n17 + 1.0) * n20 + 1.0;
    const W n22 = x * (x * (x * (n9 * n5 + 1.0) * n8 + 1.0) * n14 + 1.0);
    const W n23 = W(1.0) / 42.0;
    const W n24 = n19 + x * (n18 * (n16 + x * (n15 * (n12 + x * n11))));
    const W n25 = n23 * x * n19 + 1.0;
    const W n26 = W(1.0) / 30.0;
    const W n27 = W(1.0) / 20.0;
    const W n28 = n27 * x * n25 + 1.0;
    const W n29 = W(1.0) / 12.0;
    const W n30 = x * (x * (n22 * n17 + 1.0) * n20 + 1.0) * n26 + 1.0;
    const W n31 = W(1.0) / 6.0;
    const W n32 = n31 * (n28 + x * (n27 * (n25 + x * (n23 * n24))));
    const W n33 = x * (x * (x * n21 * n26 + 1.0) * n29 + 1.0) * (W(1.0) / 2.0);
    const W n34 = sqrt(x);
    const W n35 = exp(n34);
    const W n36 = 1.0 / n35;
    const W n37 = (n35 + n36) / 2.0;
    const W n38 = (n35 - n36) / (n34 * 2.0);
    const W n39 = if_below<W>(x, 0.015625, n31 * x * n28 + 1.0, n38);
    const W n40 = if_below<W>(x, 0.015625, n32, (n37 - n38) / (x * 2.0));
    const W n41 = if_below<W>(x, 0.015625, (x * n30 * n29 + 1.0) / 2.0, (n37 - 1.0) / x);
    return {if_below<W>(x, 0.015625, n33 + 1.0, n37), n39, n40, n41};
}

template <> APART Sinhc<dd> sinhc<dd>(dd x) {
    using W = dd;
    const W n0 = W(1.0) / 1332.0;
    const W n1 = n0 * x + 1.0;
    const W n2 = W(1.0) / 1260.0;
    const W n3 = W(1.0) / 1190.0;
    const W n4 = n3 * x * n1 + 1.0;
    const W n5 = W(1.0) / 1122.0;
    const W n6 = W(1.0) / 1056.0;
    const W n7 = n6 * x * n4 + 1.0;
    const W n8 = W(1.0) / 992.0;
    const W n9 = x * (x * (x * (W(1.0) / 1406.0) + 1.0) * n2 + 1.0);
    const W n10 = W(1.0) / 930.0;
    const W n11 = n10 * (n7 + x * (n6 * (n4 + x * (n3 * (n1 + x * n0)))));
    const W n12 = n10 * x * n7 + 1.0;
    const W n13 = x * (x * (x * (x * n2 + 1.0) * n5 + 1.0) * n8 + 1.0);
    const W n14 = W(1.0) / 870.0;
    const W n15 = W(1.0) / 812.0;
    const W n16 = n15 * x * n12 + 1.0;
    const W n17 = W(1.0) / 756.0;
    const W n18 = W(1.0) / 702.0;
    const W n19 = n18 * x * n16 + 1.0;
    const W n20 = W(1.0) / 650.0;
    const W n21 = x * (x * (n13 * n14 + 1.0) * n17 + 1.0) * n20 + 1.0;
    const W n22 = x * (x * (x * (n9 * n5 + 1.0) * n8 + 1.0) * n14 + 1.0);
    const W n23 = W(1.0) / 600.0;
    const W n24 = n19 + x * (n18 * (n16 + x * (n15 * (n12 + x * n11))));
    const W n25 = n23 * x * n19 + 1.0;
    const W n26 = W(1.0) / 552.0;
    const W n27 = W(1.0) / 506.0;
    const W n28 = n27 * x * n25 + 1.0;
    const W n29 = W(1.0) / 462.0;
    const W n30 = x * (x * (n22 * n17 + 1.0) * n20 + 1.0) * n26 + 1.0;
    const W n31 = W(1.0) / 420.0;
    const W n32 = n31 * (n28 + x * (n27 * (n25 + x * (n23 * n24))));
    const W n33 = n31 * x * n28 + 1.0;
    const W n34 = W(1.0) / 380.0;
    const W n35 = x * (x * (x * n21 * n26 + 1.0) * n29 + 1.0) * n34;
    const W n36 = W(1.0) / 342.0;
    const W n37 = n36 * x * n33 + 1.0;
    const W n38 = W(1.0) / 306.0;
    const W n39 = W(1.0) / 272.0;
    const W n40 = n39 * x * n37 + 1.0;
    const W n41 = W(1.0) / 240.0;
    const W n42 = x * (x * (x * n30 * n29 + 1.0) * n34 + 1.0) * n38;
    const W n43 = W(1.0) / 210.0;
    const W n44 = n40 + x * (n39 * (n37 + x * (n36 * (n33 + x * n32))));
    const W n45 = n43 * x * n40 + 1.0;
    const W n46 = x * (x * (x * (n35 + 1.0) * n38 + 1.0) * n41 + 1.0);
    const W n47 = W(1.0) / 182.0;
    const W n48 = W(1.0) / 156.0;
    const W n49 = n48 * x * n45 + 1.0;
    const W n50 = W(1.0) / 132.0;
    const W n51 = W(1.0) / 110.0;
    const W n52 = n51 * (n49 + x * (n48 * (n45 + x * (n43 * n44))));
    const W n53 = n51 * x * n49 + 1.0;
    const W n54 = W(1.0) / 90.0;
    const W n55 = x * (x * (n46 * n47 + 1.0) * n50 + 1.0) * n54 + 1.0;
    const W n56 = x * (x * (x * (n42 + 1.0) * n41 + 1.0) * n47 + 1.0);
    const W n57 = W(1.0) / 72.0;
    const W n58 = n57 * x * n53 + 1.0;
    const W n59 = W(1.0) / 56.0;
    const W n60 = W(1.0) / 42.0;
    const W n61 = n60 * x * n58 + 1.0;
    const W n62 = W(1.0) / 30.0;
    const W n63 = x * (x * (n56 * n50 + 1.0) * n54 + 1.0) * n59 + 1.0;
    const W n64 = W(1.0) / 20.0;
    const W n65 = n61 + x * (n60 * (n58 + x * (n57 * (n53 + x * n52))));
    const W n66 = n64 * x * n61 + 1.0;
    const W n67 = W(1.0) / 12.0;
    const W n68 = x * (x * (x * n55 * n59 + 1.0) * n62 + 1.0) * n67;
    const W n69 = W(1.0) / 6.0;
    const W n70 = sqrt(x);
    const W n71 = exp(n70);
    const W n72 = 1.0 / n71;
    const W n73 = (n71 + n72) / 2.0;
    const W n74 = (n71 - n72) / (n70 * 2.0);
    const W n75 = if_below<W>(x, 0.015625, x * (n68 + 1.0) * (W(1.0) / 2.0) + 1.0, n73);
    const W n76 = if_below<W>(x, 0.015625, n69 * x * n66 + 1.0, n74);
    const W n77 = if_below<W>(x, 0.015625, n69 * (n66 + x * (n64 * n65)), (n73 - n74) / (x * 2.0));
    const W n78 = if_below<W>(x, 0.015625, (x * (x * n63 * n62 + 1.0) * n67 + 1.0) / 2.0, (n73 - 1.0) / x);
    return {n75, n76, n77, n78};
}

template <> FUNCTION Tanhc<double> tanhc<double>(double x) {
    using W = double;
    const W n0 = W(1.0) / 342.0;
    const W n1 = n0 * x + 1.0;
    const W n2 = W(1.0) / 272.0;
    const W n3 = n2 * x * n1 + 1.0;
    const W n4 = x * (x * (W(1.0) / 306.0) + 1.0) * (W(1.0) / 240.0);
    const W n5 = W(1.0) / 210.0;
    const W n6 = n5 * x * n3 + 1.0;
    const W n7 = W(1.0) / 156.0;
    const W n8 = n7 * (n6 + x * (n5 * (n3 + x * (n2 * (n1 + x * n0)))));
    const W n9 = n7 * x * n6 + 1.0;
    const W n10 = x * (x * (n4 + 1.0) * (W(1.0) / 182.0) + 1.0) * (W(1.0) / 132.0);
    const W n11 = W(1.0) / 110.0;
    const W n12 = n11 * x * n9 + 1.0;
    const W n13 = W(1.0) / 72.0;
    const W n14 = n13 * x * n12 + 1.0;
    const W n15 = x * (x * (n10 + 1.0) * (W(1.0) / 90.0) + 1.0) * (W(1.0) / 56.0);
    const W n16 = W(1.0) / 42.0;
    const W n17 = n14 + x * (n13 * (n12 + x * (n11 * (n9 + x * n8))));
    const W n18 = n16 * x * n14 + 1.0;
    const W n19 = W(1.0) / 20.0;
    const W n20 = n19 * x * n18 + 1.0;
    const W n21 = x * (x * (n15 + 1.0) * (W(1.0) / 30.0) + 1.0) * (W(1.0) / 12.0);
    const W n22 = W(1.0) / 6.0;
    const W n23 = n22 * (n20 + x * (n19 * (n18 + x * (n16 * n17))));
    const W n24 = n22 * x * n20 + 1.0;
    const W n25 = x * (n21 + 1.0) * (W(1.0) / 2.0) + 1.0;
    const W n26 = n24 / n25;
    const W n27 = 1.0 / (n25 * n25);
    const W n28 = sqrt(x);
    const W n29 = exp(n28 * -2.0);
    const W n30 = n29 + 1.0;
    const W n31 = (1.0 - n29) / n30;
    const W n32 = n29 * 2.0 / n30;
    const W n33 = n32 * (n31 + 1.0);
    const W n34 = n31 / n28;
    const W n35 = if_below<W>(x, 0.015625, (n23 * n25 - n24 * n24 / 2.0) * n27, (n33 - n34) / (x * 2.0));
    const W n36 = if_below<W>(x, 0.015625, x * n26 * n26, n31 * n31);
    return {if_below<W>(x, 0.015625, n26, n34), n35, n36, if_below<W>(x, 0.015625, n27, n33), if_below<W>(x, 0.015625, 1.0 - n28 * n26, n32)};
}

template <> APART Tanhc<dd> tanhc<dd>(dd x) {
    using W = dd;
    const W n0 = W(1.0) / 1332.0;
    const W n1 = n0 * x + 1.0;
    const W n2 = W(1.0) / 1190.0;
    const W n3 = n2 * x * n1 + 1.0;
    const W n4 = x * (x * (W(1.0) / 1260.0) + 1.0) * (W(1.0) / 1122.0);
    const W n5 = W(1.0) / 1056.0;
    const W n6 = n5 * x * n3 + 1.0;
    const W n7 = W(1.0) / 930.0;
    const W n8 = n7 * (n6 + x * (n5 * (n3 + x * (n2 * (n1 + x * n0)))));
    const W n9 = n7 * x * n6 + 1.0;
    const W n10 = x * (x * (n4 + 1.0) * (W(1.0) / 992.0) + 1.0) * (W(1.0) / 870.0);
    const W n11 = W(1.0) / 812.0;
    const W n12 = n11 * x * n9 + 1.0;
    const W n13 = W(1.0) / 702.0;
    const W n14 = n13 * x * n12 + 1.0;
    const W n15 = x * (x * (n10 + 1.0) * (W(1.0) / 756.0) + 1.0) * (W(1.0) / 650.0);
    const W n16 = W(1.0) / 600.0;
    const W n17 = n14 + x * (n13 * (n12 + x * (n11 * (n9 + x * n8))));
    const W n18 = n16 * x * n14 + 1.0;
    const W n19 = W(1.0) / 506.0;
    const W n20 = n19 * x * n18 + 1.0;
    const W n21 = x * (x * (n15 + 1.0) * (W(1.0) / 552.0) + 1.0) * (W(1.0) / 462.0);
    const W n22 = W(1.0) / 420.0;
    const W n23 = n22 * (n20 + x * (n19 * (n18 + x * (n16 * n17))));
    const W n24 = n22 * x * n20 + 1.0;
    const W n25 = W(1.0) / 342.0;
    const W n26 = n25 * x * n24 + 1.0;
    const W n27 = x * (x * (n21 + 1.0) * (W(1.0) / 380.0) + 1.0) * (W(1.0) / 306.0);
    const W n28 = W(1.0) / 272.0;
    const W n29 = n28 * x * n26 + 1.0;
    const W n30 = W(1.0) / 210.0;
    const W n31 = n29 + x * (n28 * (n26 + x * (n25 * (n24 + x * n23))));
    const W n32 = n30 * x * n29 + 1.0;
    const W n33 = x * (x * (n27 + 1.0) * (W(1.0) / 240.0) + 1.0) * (W(1.0) / 182.0);
    const W n34 = W(1.0) / 156.0;
    const W n35 = n34 * x * n32 + 1.0;
    const W n36 = W(1.0) / 110.0;
    const W n37 = n36 * (n35 + x * (n34 * (n32 + x * (n30 * n31))));
    const W n38 = n36 * x * n35 + 1.0;
    const W n39 = x * (x * (n33 + 1.0) * (W(1.0) / 132.0) + 1.0) * (W(1.0) / 90.0);
    const W n40 = W(1.0) / 72.0;
    const W n41 = n40 * x * n38 + 1.0;
    const W n42 = W(1.0) / 42.0;
    const W n43 = n42 * x * n41 + 1.0;
    const W n44 = x * (x * (n39 + 1.0) * (W(1.0) / 56.0) + 1.0) * (W(1.0) / 30.0);
    const W n45 = W(1.0) / 20.0;
    const W n46 = n43 + x * (n42 * (n41 + x * (n40 * (n38 + x * n37))));
    const W n47 = n45 * x * n43 + 1.0;
    const W n48 = W(1.0) / 6.0;
    const W n49 = n48 * x * n47 + 1.0;
    const W n50 = x * (x * (n44 + 1.0) * (W(1.0) / 12.0) + 1.0) * (W(1.0) / 2.0);
    const W n51 = n50 + 1.0;
    const W n52 = n49 / n51;
    const W n53 = 1.0 / (n51 * n51);
    const W n54 = n48 * (n47 + x * (n45 * n46)) * n51 - n49 * n49 / 2.0;
    const W n55 = sqrt(x);
    const W n56 = exp(n55 * -2.0);
    const W n57 = n56 + 1.0;
    const W n58 = (1.0 - n56) / n57;
    const W n59 = n56 * 2.0 / n57;
    const W n60 = n59 * (n58 + 1.0);
    const W n61 = n58 / n55;
    const W n62 = if_below<W>(x, 0.015625, n54 * n53, (n60 - n61) / (x * 2.0));
    const W n63 = if_below<W>(x, 0.015625, x * n52 * n52, n58 * n58);
    return {if_below<W>(x, 0.015625, n52, n61), n62, n63, if_below<W>(x, 0.015625, n53, n60), if_below<W>(x, 0.015625, 1.0 - n55 * n52, n59)};
}
