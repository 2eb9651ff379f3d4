# 导入时的逐行说明
places-row-no-code = 没有编码：请给这一行一个不重复的编码
places-row-no-name = 没有名称：请补上
places-row-too-long = { $column } 太长：请缩短
places-row-twice = 编码 { $code } 在文件里出现过：已采用第一行
places-row-unknown-division = 没有“{ $division }”这个镇街：请写九位代码，或先导入镇街
places-row-ambiguous-division = 叫“{ $division }”的镇街不止一个：请写代码，可选 { $codes }
places-row-other-district = 镇街 { $division } 不在本区：代码开头不同
places-row-bad-priority = 优先级 { $priority } 不对：请写 1、2 或 4
places-row-too-many = 一个岗位 { $people } 人：请核对数字
places-column-code = 编码
places-column-name = 名称
places-column-address = 地址
