package practice

import (
	"fmt"
	"strings"

	"miandan/agent/internal/jos/jdsim"
)

// Settings returns a settings file for the simulated gateway's account: JD
// Express, five carriers by Wujie that the receiver's province chooses among,
// and one printer.
func Settings(gateway, printer, language string) string {
	var carriers strings.Builder
	for _, c := range []struct {
		code, name, branch, settlement string
		id                             int
	}{
		{"ZTO", "中通快递", "57101", "", 1499},
		{"YTO", "圆通速递", "210001", "", 463},
		{"STO", "申通快递", "200240", "", 470},
		{"YUNDA", "韵达快递", "201100", "", 1327},
		{"SF", "顺丰速运", "", "0210000001", 467},
	} {
		fmt.Fprintf(&carriers, "\n[[wujie]]\nprovider_code = %q\nprovider_name = %q\nprovider_id = %d\nbranch_code = %q\nsettlement_code = %q\nsame_number_again = true\n",
			c.code, c.name, c.id, c.branch, c.settlement)
	}
	return fmt.Sprintf(`station = "practice"

[jd]
enabled = true
gateway = %q
app_key = "0123456789ABCDEF0123456789ABCDEF"
vender_id = "10000001"
shop = "演示旗舰店"
poll_every = "1s"
regular_plans = true
oauth = %q

[sender]
name = "演示仓"
phone = "021-80000001"
province = "上海"
city = "上海市"
district = "闵行区"
address = "演示路1号 3号库"
province_id = 2
city_id = 2817
district_id = 51973

[express]
enabled = true
customer_code = "010K0000000"
same_number_again = true
%s
[[route]]
when = { shipment = "jd-express" }
carrier = "jd-express"

[[route]]
when = { province = "浙江" }
carrier = "wujie/ZTO"

[[route]]
when = { province = ["广东", "湖南"] }
carrier = "wujie/YTO"

[[route]]
when = { province = ["四川", "陕西"] }
carrier = "wujie/STO"

[[route]]
when = { province = "山东" }
carrier = "wujie/SF"

[[route]]
carrier = "wujie/YUNDA"

[[service]]
when = { note_contains = %q }
parcels = 2

[[printer]]
name = "bench-1"
url = %q
language = %q
dots_per_mm = 8
media = "label"
paper = "76x130"

[print]
auto = true
phone = "virtual"

[shipped]
when = "confirmed"

[listen]
address = "127.0.0.1:0"

[log]
level = "debug"
`, gateway, strings.TrimSuffix(gateway, jdsim.Path), carriers.String(), jdsim.DemoInTwo, printer, language)
}
