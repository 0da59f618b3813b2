package notice

// aboutFleetDelete is about data that lies at several stations.
var aboutFleetDelete = sentences{
	// order
	"delete-in-fleet": {
		"Order %s is the fleet's: its database and other stations have its data too, and what was deleted here alone would lie there and print elsewhere. Cancel the order at its platform; a day after its labels have ended its data is deleted at every station.",
		"订单 %s 属于多站：数据库和其他工位也存有其数据，只在本站删除并不彻底，面单还可能在别处打印。请在平台取消该订单；面单结束一天后，各工位的数据会自动删除。",
	},
}
