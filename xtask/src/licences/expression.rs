//! Licence expressions of SPDX (version 2.3, annex D), and the older `MIT/Apache-2.0`.

/// Whether the licences that `allowed` knows are enough for this expression.
pub fn holds(expression: &str, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let answer = either(&mut words, allowed)?;
    words.next().map_or(Ok(answer), |extra| Err(format!("`{extra}` stands where the expression should end")))
}

type Words<'e> = std::iter::Peekable<std::str::SplitWhitespace<'e>>;

fn either(words: &mut Words, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
    let mut answer = both(words, allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        answer |= both(words, allowed)?;
    }
    Ok(answer)
}

fn both(words: &mut Words, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
    let mut answer = one(words, allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        answer &= one(words, allowed)?;
    }
    Ok(answer)
}

fn one(words: &mut Words, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
    let id = words.next().ok_or("it ends too early")?;
    if id == "(" {
        let answer = either(words, allowed)?;
        return if words.next() == Some(")") { Ok(answer) } else { Err("a parenthesis is not closed".to_owned()) };
    }
    if words.next_if_eq(&"WITH").is_none() {
        return Ok(allowed(id));
    }
    let exception = words.next().ok_or("WITH names no exception")?;
    Ok(allowed(&format!("{id} WITH {exception}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_binds_closer_than_or() {
        let mit = |id: &str| id == "MIT";
        for (expression, answer) in [
            ("MIT", true),
            ("Apache-2.0/MIT", true),
            ("MIT AND BSD-3-Clause", false),
            ("GPL-2.0-only AND BSD-3-Clause OR MIT", true),
            ("(GPL-2.0-only OR MIT) AND BSD-3-Clause", false),
            ("MIT WITH LLVM-exception", false),
        ] {
            assert_eq!(holds(expression, &mit), Ok(answer), "{expression}");
        }
        for broken in ["", "(MIT", "MIT MIT", "MIT WITH"] {
            assert!(holds(broken, &mit).is_err(), "{broken}");
        }
    }
}
