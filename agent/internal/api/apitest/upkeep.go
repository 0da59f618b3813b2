package apitest

import (
	"context"
	"fmt"
	"slices"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

var _ api.Upkeep = (*Station)(nil)

// Settings lists one setting of each kind that there is.
func (s *Station) Settings(_ context.Context, l notice.Language) ([]api.Setting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	list := settings(l)
	for i, one := range list {
		if v, ok := s.set[one.Name]; ok {
			list[i].Value, list[i].Set = v, true
		}
	}
	return list, nil
}

func settings(l notice.Language) []api.Setting {
	say := func(english, chinese string) string { return notice.Phrase{english, chinese}[l] }
	return []api.Setting{
		{Name: "station", Value: `"演示工位 1"`, Default: `""`, Set: true, Says: say("What this packing station is called; empty for the computer's name.", "本工位的名称；留空则用计算机名。")},
		{Name: "language", Value: `""`, Default: `""`, Choices: []string{`""`, `"zh"`, `"en"`}, Says: say("Language of messages; empty for the system's.", "提示语言，留空跟随系统。")},
		{Name: "jd.enabled", Value: "true", Default: "false", Set: true, Choices: []string{"true", "false"}, Says: say("Fetch orders from JD.", "从京东获取订单。")},
		{Name: "jd.poll_every", Value: `"20s"`, Default: `"20s"`, Says: say("How often orders are fetched.", "获取订单的间隔。")},
		{Name: "jd.page_size", Value: "50", Default: "50", Says: say("Orders in one answer, 100 at most.", "每页订单数，最多 100。")},
		{Name: "jd.order_states", Value: `["WAIT_SELLER_STOCK_OUT", "LOCKED"]`, Default: `["WAIT_SELLER_STOCK_OUT", "LOCKED"]`, Fixed: true, Says: say("Which states to fetch.", "获取哪些状态的订单。")},
		{Name: "jd.app_secret", Value: "true", Secret: true, Fixed: true, Says: say("The app's secret.", "应用的 app secret。")},
		{Name: "jd.access_token", Secret: true, Fixed: true, Says: say("The token that the app was authorised with.", "应用授权得到的令牌。")},
		{Name: "print.auto", Value: "false", Default: "true", Set: true, Pinned: true, Choices: []string{"true", "false"}, Says: say("Print orders by themselves as soon as they have a number.", "订单取号后自动打印。")},
		{Name: "print.retry", Value: `"30s"`, Default: `"30s"`, Says: say("How long to wait before a printer is tried again.", "打印机重试前等待的时长。")},
		{Name: "printer.1.name", Value: `"escpos-1"`, Set: true, Says: say("What people call it.", "打印机的名称。")},
		{Name: "printer.1.offset_x", Value: "0.0", Default: "0.0", Says: say("By how much the label is moved to the right, in mm.", "面单右移多少毫米。")},
	}
}

// SetSetting sets what can be set. One page has at most 100 orders.
func (s *Station) SetSetting(_ context.Context, name, value, who string) error {
	return s.act(fmt.Sprintf("set %s = %s by %s", name, value, who), func() error {
		i := slices.IndexFunc(settings(notice.English), func(one api.Setting) bool { return one.Name == name })
		switch {
		case i < 0:
			return notice.New("config-unknown-key-here", api.ErrNotFound, "config.toml", 1, name, "jd.page_size")
		case name == "jd.page_size" && value != "50" && value != "100":
			return notice.New("config-value", nil, "config.toml", 30, name, value, notice.Phrase{"a number from 1 to 100", "1 到 100 的数"})
		}
		if s.set == nil {
			s.set = map[string]string{}
		}
		s.set[name] = value
		return nil
	})
}

// Examine finds one thing of each verdict.
func (s *Station) Examine(_ context.Context, l notice.Language) (list []api.Finding, err error) {
	err = s.act("examine", func() error {
		say := func(what, verdict, english, chinese string) {
			list = append(list, api.Finding{What: what, Verdict: verdict, Says: notice.Phrase{english, chinese}[l]})
		}
		say("data", "fine", "the data folder can be written", "数据文件夹可以写入")
		say("settings", "fine", "every setting reads well", "设置没有问题")
		say("disk", "warning", "Only 180 MB are free. Make room before the disk is full.", "磁盘仅剩 180 MB，请及时清理。")
		say("printer zebra-2", "wrong", "Printer zebra-2 is out of paper. Put in a roll; it goes on by itself.", "打印机 zebra-2 缺纸。装入纸卷后会自动继续。")
		say("printer escpos-1", "fine", "ready", "就绪")
		return nil
	})
	return list, err
}
