"""The people of 远山集团: 60 invented names in two companies, with departments, titles and managers."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    username: str
    name: str
    name_en: str
    department: str  # code
    title: str
    level: int  # 1 staff … 5 general manager
    manager: str  # username; empty: nobody above


class Unit(NamedTuple):
    """A department with its cost centre: the centre has the department's code and name."""

    code: str
    name: str
    name_en: str
    parent: str
    head: str
    nature: str


TECH = "YSKJ"  # 远山科技（杭州）有限公司
TRADE = "YSSM"  # 远山商贸（上海）有限公司

UNITS: dict[str, list[Unit]] = {
    TECH: [
        Unit("A01", "总经办", "General Office", "", "heyunzhou", "administration"),
        Unit("A10", "市场部", "Marketing", "A01", "xuqinghe", "sales"),
        Unit("A11", "销售一部", "Sales 1", "A01", "guyanchuan", "sales"),
        Unit("A12", "销售二部", "Sales 2", "A01", "luxingye", "sales"),
        Unit("A20", "研发中心", "R&D Centre", "A01", "shenruoxi", "research"),
        Unit("A30", "供应链部", "Supply Chain", "A01", "qinwangshu", "production"),
        Unit("A40", "行政部", "Administration", "A01", "baijingxing", "administration"),
        Unit("A50", "人力资源部", "Human Resources", "A01", "yeshuyan", "administration"),
        Unit("A60", "财务部", "Finance", "A01", "tangyuan", "administration"),
        Unit("A70", "信息部", "IT", "A01", "fangqiming", "administration"),
    ],
    TRADE: [
        Unit("B01", "总经办", "General Office", "", "gaoyuanshan", "administration"),
        Unit("B10", "门店运营部", "Store Operations", "B01", "fuxingyun", "sales"),
        Unit("B20", "采购部", "Purchasing", "B01", "dingnanfeng", "production"),
        Unit("B60", "财务部", "Finance", "B01", "luoyiheng", "administration"),
    ],
}

PEOPLE: dict[str, list[Person]] = {
    TECH: [
        Person("heyunzhou", "贺云舟", "He Yunzhou", "A01", "总经理", 5, ""),
        Person("jiangchuxue", "江初雪", "Jiang Chuxue", "A01", "总经理助理", 2, "heyunzhou"),
        Person("xuqinghe", "许清和", "Xu Qinghe", "A10", "市场总监", 4, "heyunzhou"),
        Person("linzhixia", "林知夏", "Lin Zhixia", "A10", "品牌主管", 2, "xuqinghe"),
        Person("zhoumuzhi", "周牧之", "Zhou Muzhi", "A10", "渠道专员", 1, "linzhixia"),
        Person("sunianyi", "苏念一", "Su Nianyi", "A10", "内容专员", 1, "linzhixia"),
        Person("wenyifan", "温亦凡", "Wen Yifan", "A10", "活动专员", 1, "linzhixia"),
        Person("mengsichen", "孟思辰", "Meng Sichen", "A10", "设计师", 1, "linzhixia"),
        Person("guyanchuan", "顾言川", "Gu Yanchuan", "A11", "销售总监", 4, "heyunzhou"),
        Person("songlingyu", "宋凌宇", "Song Lingyu", "A11", "大客户经理", 2, "guyanchuan"),
        Person("hanzimo", "韩子墨", "Han Zimo", "A11", "客户经理", 1, "songlingyu"),
        Person("pengxiaoyu", "彭晓雨", "Peng Xiaoyu", "A11", "客户经理", 1, "songlingyu"),
        Person("duanyichen", "段亦辰", "Duan Yichen", "A11", "客户经理", 1, "songlingyu"),
        Person("luxingye", "陆星野", "Lu Xingye", "A12", "销售总监", 4, "heyunzhou"),
        Person("jiruoning", "纪若宁", "Ji Ruoning", "A12", "区域经理", 2, "luxingye"),
        Person("taoranran", "陶冉冉", "Tao Ranran", "A12", "客户经理", 1, "jiruoning"),
        Person("weichengfeng", "魏乘风", "Wei Chengfeng", "A12", "客户经理", 1, "jiruoning"),
        Person("zouminghao", "邹明皓", "Zou Minghao", "A12", "客户经理", 1, "jiruoning"),
        Person("shenruoxi", "沈若溪", "Shen Ruoxi", "A20", "研发总监", 4, "heyunzhou"),
        Person("yaojingheng", "姚景恒", "Yao Jingheng", "A20", "架构师", 3, "shenruoxi"),
        Person("lianghaoran", "梁浩然", "Liang Haoran", "A20", "后端工程师", 1, "yaojingheng"),
        Person("shizhiyuan", "石致远", "Shi Zhiyuan", "A20", "后端工程师", 1, "yaojingheng"),
        Person("caoyuqing", "曹雨晴", "Cao Yuqing", "A20", "前端工程师", 1, "yaojingheng"),
        Person("jinmuchen", "金沐晨", "Jin Muchen", "A20", "测试工程师", 1, "yaojingheng"),
        Person("xiaofanxing", "萧繁星", "Xiao Fanxing", "A20", "产品经理", 2, "shenruoxi"),
        Person("qinwangshu", "秦望舒", "Qin Wangshu", "A30", "供应链总监", 4, "heyunzhou"),
        Person("fanyuhang", "范宇航", "Fan Yuhang", "A30", "计划主管", 2, "qinwangshu"),
        Person("tianxinyi", "田心怡", "Tian Xinyi", "A30", "采购专员", 1, "fanyuhang"),
        Person("heqiubai", "何秋白", "He Qiubai", "A30", "仓储专员", 1, "fanyuhang"),
        Person("panyiming", "潘一鸣", "Pan Yiming", "A30", "物流专员", 1, "fanyuhang"),
        Person("baijingxing", "白景行", "Bai Jingxing", "A40", "行政经理", 3, "heyunzhou"),
        Person("liaoqingyang", "廖清扬", "Liao Qingyang", "A40", "行政专员", 1, "baijingxing"),
        Person("xueningjing", "薛宁静", "Xue Ningjing", "A40", "前台", 1, "baijingxing"),
        Person("yeshuyan", "叶书言", "Ye Shuyan", "A50", "人力资源经理", 3, "heyunzhou"),
        Person("huangsiyuan", "黄思源", "Huang Siyuan", "A50", "招聘专员", 1, "yeshuyan"),
        Person("renjiayi", "任佳怡", "Ren Jiayi", "A50", "培训专员", 1, "yeshuyan"),
        Person("tangyuan", "唐予安", "Tang Yu'an", "A60", "财务总监", 4, "heyunzhou"),
        Person("chengyinan", "程以南", "Cheng Yinan", "A60", "费用会计", 2, "tangyuan"),
        Person("jiangwanyin", "江晚吟", "Jiang Wanyin", "A60", "出纳", 1, "tangyuan"),
        Person("moxiangwan", "莫向晚", "Mo Xiangwan", "A60", "总账会计", 2, "tangyuan"),
        Person("fangqiming", "方启明", "Fang Qiming", "A70", "信息经理", 3, "heyunzhou"),
        Person("kangleshan", "康乐山", "Kang Leshan", "A70", "系统工程师", 1, "fangqiming"),
    ],
    TRADE: [
        Person("gaoyuanshan", "高远山", "Gao Yuanshan", "B01", "总经理", 5, ""),
        Person("yinxiaotang", "尹小棠", "Yin Xiaotang", "B01", "行政专员", 1, "gaoyuanshan"),
        Person("fuxingyun", "傅行云", "Fu Xingyun", "B10", "运营总监", 4, "gaoyuanshan"),
        Person("jiangluoshui", "姜洛水", "Jiang Luoshui", "B10", "区域店长", 2, "fuxingyun"),
        Person("dujiayun", "杜嘉芸", "Du Jiayun", "B10", "店长", 1, "jiangluoshui"),
        Person("raozihan", "饶梓涵", "Rao Zihan", "B10", "店长", 1, "jiangluoshui"),
        Person("aizhouyi", "艾周一", "Ai Zhouyi", "B10", "店长", 1, "jiangluoshui"),
        Person("lumanting", "卢曼婷", "Lu Manting", "B10", "导购", 1, "dujiayun"),
        Person("qiaosenlin", "乔森林", "Qiao Senlin", "B10", "导购", 1, "raozihan"),
        Person("dingnanfeng", "丁南风", "Ding Nanfeng", "B20", "采购总监", 4, "gaoyuanshan"),
        Person("hongyutong", "洪雨桐", "Hong Yutong", "B20", "采购主管", 2, "dingnanfeng"),
        Person("xiangtianlan", "向天蓝", "Xiang Tianlan", "B20", "采购员", 1, "hongyutong"),
        Person("muqingcheng", "穆青城", "Mu Qingcheng", "B20", "采购员", 1, "hongyutong"),
        Person("luoyiheng", "骆以恒", "Luo Yiheng", "B60", "财务经理", 3, "gaoyuanshan"),
        Person("shaobingqing", "邵冰清", "Shao Bingqing", "B60", "会计", 2, "luoyiheng"),
        Person("zhanyuxuan", "詹宇轩", "Zhan Yuxuan", "B60", "出纳", 1, "luoyiheng"),
        Person("ouyangqing", "欧阳晴", "Ouyang Qing", "B01", "法务专员", 2, "gaoyuanshan"),
        Person("shangguanyue", "上官月", "Shangguan Yue", "B10", "督导", 2, "fuxingyun"),
    ],
}
