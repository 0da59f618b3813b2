package place

// former are districts by city that are no more, or belong to another city now,
// and that people still write. Only such stand here as have a namesake elsewhere,
// which would make them look like a mistake. What was raised from a county to a
// district needs no line.
var former = map[string][]string{
	"广州市":  {"东山区", "萝岗区", "芳村区"},
	"长治市":  {"城区", "郊区"},
	"大同市":  {"城区", "矿区", "南郊区"},
	"石家庄市": {"桥东区"},
	"邢台市":  {"桥东区", "桥西区"},
	"保定市":  {"新市区", "北市区", "南市区"},
	"南宁市":  {"新城区", "城北区", "永新区"},
	"淮安市":  {"清河区", "清浦区"},
	"杭州市":  {"下城区", "江干区"},
	"南京市":  {"白下区", "下关区"},
	"苏州市":  {"平江区", "沧浪区", "金阊区", "吴江市"},
	"无锡市":  {"崇安区", "北塘区", "南长区"},
	"宁波市":  {"江东区"},
	"青岛市":  {"四方区", "胶南市"},
	"北京市":  {"崇文区", "宣武区"},
	"上海市":  {"闸北区", "卢湾区", "南汇区", "南市区"},
	"天津市":  {"塘沽区", "汉沽区", "大港区", "蓟县"},
	"成都市":  {"郫县"},
	"洛阳市":  {"吉利区", "偃师市"},
	"三明市":  {"梅列区"},
	"资阳市":  {"简阳市"},
	"六安市":  {"寿县"},
	"安庆市":  {"枞阳县"},
	"四平市":  {"公主岭市"},
	"西安市":  {"户县"},
	"莱芜市":  {"莱城区", "钢城区"},
}

// zones are districts that carriers deliver to and that no list of the state
// has, or not under the name that people write.
var zones = []string{
	"高新技术产业开发区", "经济技术开发区", "经济开发区", "高新技术开发区", "高新开发区", "技术开发区", "工业园区", "高新区", "经开区", "开发区", "保税区", "新区",
}
