//! The functions of the ball by [`Kind`], which serve [`Model::Stereographic`](crate::geometry::Model) as well.

use super::*;
use crate::geometry::euclidean::{last, last_vjp};
use crate::geometry::model::{Call, Kind};

/// The function of a block.
#[inline(always)]
pub(in crate::geometry) fn forward<E: Evaluation>(
    call: &Call,
    [x, y, z]: [Rows<'_, E>; 3],
    out: RowsMut<'_, E>,
) -> Tally {
    use Kind::*;
    let Call { curv: k, number, .. } = *call;
    match call.kind {
        Exp => exp(k, [x, y], out),
        Exp0 => exp0(k, [x], out),
        Log => log(k, [x, y], out),
        Log0 => log0(k, [x], out),
        Dist => dist(k, [x, y], out),
        Dist2 => dist2(k, [x, y], out),
        Dist0 => dist0(k, [x], out),
        Transport => transport(k, [x, y, z], out),
        TransportFrom0 => transport_from0(k, [x, y], out),
        TransportTo0 => transport_to0(k, [x, y], out),
        Inner => inner(k, [x, y, z], out),
        Norm => norm(k, [x, y], out),
        EgradToRgrad => egrad_to_rgrad(k, [x, y], out),
        MobiusAdd => mobius_add(k, [x, y], out),
        Lambda => lambda(k, [x], out),
        Project => project(k, number, [x], out),
        Convert if E::HYPERBOLIC => to_lorentz(k, [x], out),
        ProjectTangent => last([x, y], out),
        _ => call.missing(),
    }
}

/// The gradient of a block.
#[inline(always)]
pub(in crate::geometry) fn vjp<E: Evaluation>(
    call: &Call,
    [x, y, z]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    [gx, gy, gz]: [RowsMut<'_, E>; 3],
) -> Tally {
    use Kind::*;
    let Call { curv: k, number, .. } = *call;
    match call.kind {
        Exp => exp_vjp(k, [x, y], g, [gx, gy]),
        Exp0 => exp0_vjp(k, [x], g, [gx]),
        Log => log_vjp(k, [x, y], g, [gx, gy]),
        Log0 => log0_vjp(k, [x], g, [gx]),
        Dist => dist_vjp(k, [x, y], g, [gx, gy]),
        Dist2 => dist2_vjp(k, [x, y], g, [gx, gy]),
        Dist0 => dist0_vjp(k, [x], g, [gx]),
        Transport => transport_vjp(k, [x, y, z], g, [gx, gy, gz]),
        TransportFrom0 => transport_from0_vjp(k, [x, y], g, [gx, gy]),
        TransportTo0 => transport_to0_vjp(k, [x, y], g, [gx, gy]),
        Inner => inner_vjp(k, [x, y, z], g, [gx, gy, gz]),
        Norm => norm_vjp(k, [x, y], g, [gx, gy]),
        EgradToRgrad => egrad_to_rgrad_vjp(k, [x, y], g, [gx, gy]),
        MobiusAdd => mobius_add_vjp(k, [x, y], g, [gx, gy]),
        Lambda => lambda_vjp(k, [x], g, [gx]),
        Project => project_vjp(k, number, [x], g, [gx]),
        Convert if E::HYPERBOLIC => to_lorentz_vjp(k, [x], g, [gx]),
        ProjectTangent => last_vjp(g, [gx, gy]),
        _ => call.missing(),
    }
}
