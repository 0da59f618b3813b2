package notice

var aboutCarriers = sentences{}
