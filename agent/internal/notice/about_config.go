package notice

var aboutConfig = sentences{}
