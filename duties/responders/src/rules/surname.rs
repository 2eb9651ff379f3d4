//! What a badge check shows of a name: the surname, nothing more.

/// Surnames of two characters that are still borne (Hundred Family Surnames and the census list).
const COMPOUND: [&str; 20] = [
    "欧阳", "上官", "皇甫", "令狐", "诸葛", "司徒", "司马", "申屠", "夏侯", "贺兰", "完颜", "慕容", "尉迟", "长孙",
    "宇文", "公孙", "东方", "西门", "南宫", "端木",
];

/// The surname: the first character or two of a Chinese name, the last word of any other.
pub fn surname(name: &str) -> &str {
    let name = name.trim();
    let is_han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c) || c > '\u{20000}';
    if !name.starts_with(is_han) {
        return name.rsplit(char::is_whitespace).next().unwrap_or(name);
    }
    let chars = name.chars().count();
    let length = if chars > 2 && COMPOUND.iter().any(|known| name.starts_with(known)) { 2 } else { 1 };
    let end = name.char_indices().nth(length).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::surname;

    #[test]
    fn only_the_surname_is_shown() {
        for (name, shown) in [
            ("陈小明", "陈"),
            ("欧阳娜", "欧阳"),
            ("司徒", "司"),
            (" 李四", "李"),
            ("Ada Lovelace", "Lovelace"),
            ("", ""),
        ] {
            assert_eq!(surname(name), shown);
        }
    }
}
