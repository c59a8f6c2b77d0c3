//! Parts of an amount by time.

/// `amount × part ÷ whole`, rounded half to even: the only rounding there is. Nothing of nothing.
pub fn share(amount: i64, part: u64, whole: u64) -> i64 {
    if whole == 0 {
        return 0;
    }
    divide_half_even(i128::from(amount) * i128::from(part), i128::from(whole))
}

/// `amount × rate`, the rate in hundredths of a percent.
pub fn at_rate(amount: i64, basis_points: u32) -> i64 {
    divide_half_even(i128::from(amount) * i128::from(basis_points), 10_000)
}

/// `divisor` is positive.
fn divide_half_even(dividend: i128, divisor: i128) -> i64 {
    let (floor, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    let up = match (2 * rest).cmp(&divisor) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => floor.rem_euclid(2),
        std::cmp::Ordering::Greater => 1,
    };
    i64::try_from(floor + up).unwrap_or(if dividend < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_to_the_even_side() {
        let shares: Vec<_> = [1, 3, 5, -1, -3].map(|amount| share(amount, 1, 2)).into();
        assert_eq!(shares, [0, 2, 2, 0, -2]);
        assert_eq!(at_rate(4_900, 600), 294);
        assert_eq!(at_rate(25, 1_000), 2);
    }

    proptest! {
        #[test]
        fn what_is_used_and_what_is_left_make_the_whole(
            amount in 0_i64..1_000_000_000,
            whole in 1_u64..40_000_000,
            part in 0.0_f64..=1.0,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss,
                reason = "some part of the whole")]
            let part = ((whole as f64 * part) as u64).min(whole);
            let left = share(amount, part, whole);
            prop_assert!((0..=amount).contains(&left));
            prop_assert_eq!(share(amount, whole, whole), amount);
            prop_assert!(share(amount + 1, part, whole) >= left, "more money gives no less");
        }
    }
}
