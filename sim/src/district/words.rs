//! Names, all put together from common words: none is meant to be a real person's, place's or organisation's.

use super::{chance::Chance, divisions::Division};

/// Neighbourhood words for sites and addresses.
pub const NEIGHBOURHOODS: [&str; 24] = [
    "东风", "和平", "光明", "友谊", "文明", "朝阳", "新村", "金穗", "荔园", "榕树", "河畔", "平安", "康乐", "丰收",
    "同心", "学苑", "长乐", "西湖", "南苑", "北苑", "翠竹", "永兴", "福田", "明珠",
];
const STREET_PREMISES: [&str; 8] =
    ["小学", "文化广场", "社区活动中心", "体育馆", "农贸市场", "中学", "公园", "职工文化宫"];
const TOWN_PREMISES: [&str; 8] = ["村文化楼", "小学", "村篮球场", "圩市场", "村委会广场", "中学", "村戏台", "卫生站"];

const DISTRICT_ORGANISATIONS: [&str; 20] = [
    "区教育局",
    "区卫生健康局",
    "区总工会",
    "共青团区委",
    "区市场监督管理局",
    "区人民医院",
    "区妇女联合会",
    "区住房和城乡建设局",
    "区税务局",
    "区职业技术学校",
    "区农业农村局",
    "区供销合作社",
    "区民政局",
    "区红十字会",
    "区中医院",
    "区交通运输局",
    "区工商业联合会",
    "区退役军人事务局",
    "区供电局",
    "区司法局",
];
const LOCAL_ORGANISATIONS: [&str; 8] =
    ["中心小学", "卫生院", "商会", "中学", "志愿者协会", "供水公司", "青年之家", "物业服务企业"];

/// Commonest first; earlier ones are drawn more often.
const SURNAMES: [&str; 60] = [
    "陈", "李", "黄", "梁", "林", "吴", "张", "杨", "刘", "周", "王", "谢", "罗", "邓", "何", "冯", "郑", "谭", "赖",
    "潘", "叶", "柯", "卢", "曾", "蔡", "苏", "许", "钟", "朱", "麦", "郭", "莫", "欧", "黎", "赵", "崔", "徐", "廖",
    "江", "伍", "彭", "余", "戴", "曹", "袁", "程", "唐", "董", "邱", "姚", "沈", "范", "方", "石", "龙", "汤", "覃",
    "庞", "车", "邹",
];
const GIVEN: [&str; 84] = [
    "华", "明", "丽", "英", "文", "芳", "建", "伟", "玉", "海", "秀", "志", "强", "燕", "梅", "军", "霞", "小", "国",
    "红", "春", "云", "兰", "金", "平", "凤", "杰", "敏", "静", "辉", "娟", "东", "荣", "艳", "勇", "珍", "广", "清",
    "琴", "永", "婷", "桂", "超", "萍", "德", "莲", "雪", "家", "健", "颖", "日", "月", "光", "成", "晓", "慧", "俊",
    "思", "嘉", "欣", "怡", "佳", "子", "浩", "宇", "彬", "锋", "媚", "冰", "柳", "木", "水", "火", "土", "林", "森",
    "立", "进", "耀", "诗", "雅", "琪", "莹", "泽",
];

/// A site's name; different for every number within a division.
pub fn site(division: &Division, number: usize) -> String {
    let premises = if division.is_street() { &STREET_PREMISES } else { &TOWN_PREMISES };
    let word = NEIGHBOURHOODS[number % NEIGHBOURHOODS.len()];
    let turn = number / NEIGHBOURHOODS.len();
    let kind = premises[(number % NEIGHBOURHOODS.len() + turn) % premises.len()];
    let round = turn / premises.len() + 1;
    let which = if round == 1 { String::new() } else { format!("{round}号") };
    format!("{}{word}{kind}{which}采样点", division.name)
}

pub fn address(division: &Division, chance: &mut Chance) -> String {
    let (word, number) = (chance.pick(&NEIGHBOURHOODS), chance.between(1, 180));
    let way = if division.is_street() { "路" } else { "村" };
    format!("{}{word}{way}{number}号", division.name)
}

/// Who governs a division.
pub fn office(division: &Division) -> String {
    if division.is_street() { format!("{}办事处", division.name) } else { format!("{}人民政府", division.name) }
}

pub fn local_organisation(division: &Division, number: usize) -> String {
    format!("{}{}", division.name, LOCAL_ORGANISATIONS[number % LOCAL_ORGANISATIONS.len()])
}

pub fn district_organisation(number: usize) -> String {
    DISTRICT_ORGANISATIONS[number % DISTRICT_ORGANISATIONS.len()].to_owned()
}

/// A surname and one or two characters.
pub fn person(chance: &mut Chance) -> String {
    let skewed = chance.below(SURNAMES.len()).min(chance.below(SURNAMES.len()));
    let mut name = String::with_capacity(9);
    name.push_str(SURNAMES[skewed]);
    name.push_str(chance.pick(&GIVEN));
    if chance.holds(0.85) {
        name.push_str(chance.pick(&GIVEN));
    }
    name
}
