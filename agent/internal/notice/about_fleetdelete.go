package notice

// aboutFleetDelete is about data that lies at several stations.
var aboutFleetDelete = sentences{
	// order
	"delete-in-fleet": {
		"Order %[1]s is the fleet's: its database and other stations have its data too. Delete it at a station that takes numbers, while its agent runs: miandan delete %[1]s --reason TEXT.",
		"订单 %[1]s 属于多站：数据库和其他工位也存有其数据。请在取号工位上（代理运行时）执行：miandan delete %[1]s --reason 原因。",
	},
	// order
	"delete-of-fleet": {
		"The data of order %s is gone from the fleet's database. Each station deletes what it has of it within seconds; one that is off or without network, when it is back.",
		"订单 %s 的数据已从多站数据库删除。各工位将在数秒内删除本地数据；关机或断网的工位恢复后删除。",
	},
}
