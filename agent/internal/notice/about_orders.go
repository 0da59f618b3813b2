package notice

var aboutOrders = sentences{}
