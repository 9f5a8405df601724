//! Words for the demo district: the real names of Tongzhou's institutes, and plausible ones for everything below.

use shijian_domain::place::Location;

/// A sub-district or town with its practice institute.
#[derive(Debug, Clone, Copy)]
pub struct Town {
    pub name: &'static str,
    pub kind: TownKind,
    longitude: f64,
    latitude: f64,
}

/// What a town is made of: communities in the city, villages in the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TownKind {
    SubDistrict,
    Town,
    Township,
}

impl Town {
    const fn new(name: &'static str, kind: TownKind, longitude: f64, latitude: f64) -> Self {
        Self { name, kind, longitude, latitude }
    }

    pub const fn location(self) -> Location {
        Location { longitude: self.longitude, latitude: self.latitude }
    }

    /// 中仓街道, 宋庄镇, 于家务回族乡.
    pub fn full_name(self) -> String {
        let suffix = match self.kind {
            TownKind::SubDistrict => "街道",
            TownKind::Town => "镇",
            TownKind::Township => "",
        };
        format!("{}{suffix}", self.name)
    }
}

pub const CENTER: Location = Location { longitude: 116.6565, latitude: 39.9097 };

/// The 22 towns, 中仓 first; places by the map, to about a kilometre.
pub const TOWNS: [Town; 22] = {
    use TownKind::{SubDistrict, Township};
    [
        Town::new("中仓", SubDistrict, 116.6570, 39.9080),
        Town::new("宋庄", TownKind::Town, 116.7220, 39.9540),
        Town::new("新华", SubDistrict, 116.6640, 39.9130),
        Town::new("北苑", SubDistrict, 116.6390, 39.9060),
        Town::new("玉桥", SubDistrict, 116.6680, 39.8910),
        Town::new("潞源", SubDistrict, 116.7240, 39.9080),
        Town::new("通运", SubDistrict, 116.7010, 39.9130),
        Town::new("文景", SubDistrict, 116.6880, 39.8690),
        Town::new("九棵树", SubDistrict, 116.6520, 39.8850),
        Town::new("临河里", SubDistrict, 116.6760, 39.8760),
        Town::new("杨庄", SubDistrict, 116.6290, 39.9000),
        Town::new("潞邑", SubDistrict, 116.6890, 39.9270),
        Town::new("张家湾", TownKind::Town, 116.7040, 39.8480),
        Town::new("漷县", TownKind::Town, 116.7830, 39.7730),
        Town::new("马驹桥", TownKind::Town, 116.5600, 39.7560),
        Town::new("西集", TownKind::Town, 116.8520, 39.8040),
        Town::new("台湖", TownKind::Town, 116.6210, 39.8420),
        Town::new("永乐店", TownKind::Town, 116.7880, 39.7040),
        Town::new("潞城", TownKind::Town, 116.7660, 39.9100),
        Town::new("永顺", TownKind::Town, 116.6540, 39.9300),
        Town::new("梨园", TownKind::Town, 116.6660, 39.8730),
        Town::new("于家务回族乡", Township, 116.7010, 39.7190),
    ]
};

/// Beginnings of the names of communities.
pub const COMMUNITIES: [&str; 24] = [
    "上园",
    "运河",
    "莲花",
    "司空",
    "玉带",
    "葛布店",
    "乔庄",
    "梨花",
    "通惠",
    "翠屏",
    "京贸",
    "北关",
    "滨河",
    "帅府",
    "西营",
    "南仓",
    "东关",
    "盛业",
    "如意",
    "靓景",
    "复兴",
    "锦园",
    "天桥",
    "新潮",
];

/// Parts of one community, in the order in which they were built.
pub const QUARTERS: [&str; 6] = ["", "东里", "西里", "南里", "北里", "新区"];

/// Families that villages are named after.
pub const FAMILIES: [&str; 24] = [
    "张", "王", "李", "赵", "刘", "陈", "马", "高", "郭", "孙", "胡", "许", "崔", "耿", "牛", "葛",
    "任", "侯", "苏", "翟", "尹", "田", "孟", "霍",
];

/// Endings of the names of villages.
pub const VILLAGES: [&str; 6] = ["各庄", "辛庄", "家务", "庄", "家店", "屯"];

/// The 8 kinds of posts (驿站).
pub const POSTS: [&str; 8] =
    ["书香", "交通", "助老", "医疗健康", "助残", "政务服务", "环保", "直播"];

/// Bases of practice.
pub const BASES: [&str; 23] = [
    "大运河森林公园",
    "城市绿心",
    "三教庙古建群",
    "韩美林艺术馆",
    "通州区图书馆",
    "通州区博物馆",
    "通州区文化馆",
    "通州区科技馆",
    "宋庄美术馆",
    "张家湾设计小镇",
    "西海子公园",
    "运河文化广场",
    "通州区青少年活动中心",
    "潞河中学",
    "潞河医院",
    "通州区档案馆",
    "通州区法律援助中心",
    "北京环球影城志愿服务",
    "漷县镇花卉",
    "西集樱桃园",
    "台湖演艺小镇",
    "永乐店农业",
    "通州区消防救援",
];

/// What service desks are for.
pub const DESKS: [&str; 4] = ["便民", "助老", "学雷锋", "邻里"];

pub const SURNAMES: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹",
    "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕",
];

pub const GIVEN_NAMES: [&str; 48] = [
    "建国", "秀英", "桂兰", "志强", "丽", "伟", "芳", "娜", "敏", "静", "军", "磊", "洋", "勇",
    "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞", "平", "刚", "玉兰", "婷婷", "文博", "雨桐",
    "子涵", "浩然", "欣怡", "佳琪", "海燕", "红梅", "春生", "国庆", "永强", "淑珍", "玉珍", "凤英",
    "晓东", "晓燕", "立新", "振华", "玉梅", "凯", "倩", "莹",
];

/// A service that residents know, with the category of team that gives it.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    pub title: &'static str,
    /// The word of the team's category.
    pub category: &'static str,
    /// The team that gives it.
    pub team: &'static str,
    /// The position that its sessions need.
    pub position: &'static str,
}

impl Service {
    const fn new(
        title: &'static str,
        category: &'static str,
        team: &'static str,
        position: &'static str,
    ) -> Self {
        Self { title, category, team, position }
    }
}

pub const SERVICES: [Service; 16] = [
    Service::new("公益理发", "help_and_care", "便民服务志愿服务队", "理发师"),
    Service::new("缝纫修补", "help_and_care", "巧手志愿服务队", "缝纫师傅"),
    Service::new("老年餐配送", "help_and_care", "助老志愿服务队", "送餐员"),
    Service::new("水管维修", "help_and_care", "水电维修志愿服务队", "水管工"),
    Service::new("家电检修", "help_and_care", "家电维修志愿服务队", "检修员"),
    Service::new("义诊", "medical_fitness", "白衣天使志愿服务队", "导诊员"),
    Service::new("法律咨询", "law", "法律服务志愿服务队", "咨询员"),
    Service::new("反诈宣传", "law", "平安志愿服务队", "宣传员"),
    Service::new("智能手机课", "science", "科普志愿服务队", "助教"),
    Service::new("四点半课堂", "education", "助学志愿服务队", "辅导员"),
    Service::new("心理疏导", "medical_fitness", "心灵驿站志愿服务队", "倾听者"),
    Service::new("送菜上门", "help_and_care", "邻里互助志愿服务队", "送菜员"),
    Service::new("红白理事", "culture_arts", "移风易俗志愿服务队", "理事"),
    Service::new("政策宣讲", "theory", "理论宣讲志愿服务队", "宣讲员"),
    Service::new("清洁家园", "hygiene_environment", "环保志愿服务队", "清洁员"),
    Service::new("运河巡护", "hygiene_environment", "大运河志愿服务队", "巡护员"),
];

/// What a resident needs, with the words of the category and the urgency.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    pub title: &'static str,
    pub category: &'static str,
    pub urgency: &'static str,
}

impl Trouble {
    const fn new(title: &'static str, category: &'static str, urgency: &'static str) -> Self {
        Self { title, category, urgency }
    }
}

pub const NEEDS: [Trouble; 18] = [
    Trouble::new("水管漏水,请上门维修", "help_and_care", "urgent"),
    Trouble::new("家中断电,不会合闸", "help_and_care", "urgent"),
    Trouble::new("行动不便,请上门理发", "help_and_care", "routine"),
    Trouble::new("买菜送菜上门", "help_and_care", "soon"),
    Trouble::new("陪同去医院复诊", "help_and_care", "soon"),
    Trouble::new("旧衣裤脚改短", "help_and_care", "routine"),
    Trouble::new("电视收不到台", "help_and_care", "routine"),
    Trouble::new("上门量血压测血糖", "medical_fitness", "soon"),
    Trouble::new("独居老人情绪低落,想有人聊聊", "medical_fitness", "soon"),
    Trouble::new("邻里漏水赔偿怎么办", "law", "routine"),
    Trouble::new("接到可疑电话,担心受骗", "law", "soon"),
    Trouble::new("手机不会用,教教视频通话", "science", "routine"),
    Trouble::new("孩子放学没人看管", "education", "soon"),
    Trouble::new("楼道堆物,请帮忙清理", "hygiene_environment", "routine"),
    Trouble::new("雪后门前清扫", "hygiene_environment", "soon"),
    Trouble::new("想请人教合唱", "culture_arts", "routine"),
    Trouble::new("想听医保新政策讲解", "theory", "routine"),
    Trouble::new("家具搬不动,请帮忙", "help_and_care", "routine"),
];

/// What points buy: a title, its category and its price.
pub const OFFERS: [(&str, &str, i64); 12] = [
    ("理发券", "service", 10),
    ("体检优惠", "courtesy", 30),
    ("公园年票", "goods", 60),
    ("图书", "goods", 15),
    ("洗衣", "service", 8),
    ("家政一小时", "service", 20),
    ("影票", "goods", 12),
    ("米面粮油", "goods", 25),
    ("驿站咖啡", "goods", 1),
    ("免费停车", "courtesy", 5),
    ("公交卡充值", "goods", 10),
    ("课程", "service", 18),
];
