package kuaidi100

import (
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
)

// Kind is what the settings say of an account with Kuaidi100. It has no trial
// system.
func Kind() carrier.Kind {
	return carrier.Kind{
		Name:    "kuaidi100",
		Title:   "快递100",
		Gateway: "https://api.kuaidi100.com/label/order",
		Layout:  func(a carrier.Account) string { return companyOf(a).layout },
		Fields:  fields(),
		Open:    open,
	}
}

func open(a carrier.Account) (carrier.Issuer, error) {
	if err := complete(a); err != nil {
		return nil, err
	}
	i := &Issuer{
		account: a, company: companyOf(a), memory: newMemory(),
		client: &gateway.Client{Account: a.Name, Base: a.Gateway, HTTP: a.HTTP, Codes: codes},
	}
	if a.Values["label_template"] == "" {
		return i, nil
	}
	return &Drawn{Issuer: i, hosts: strings.Fields(strings.ReplaceAll(a.Values["label_hosts"], ",", " "))}, nil
}

func fields() []carrier.Field {
	return []carrier.Field{
		{Name: "company", Required: true, Example: "zhongtong",
			About: notice.Phrase{"the carrier behind it, by Kuaidi100's code (kuaidicom): shunfeng, zhongtong, yuantong, shentong, yunda, jtexpress, ems, youzhengguonei, jd, debangkuaidi, kuayue, ane66 …",
				"实际承运的快递公司编码（kuaidicom）：shunfeng、zhongtong、yuantong、shentong、yunda、jtexpress、ems、youzhengguonei、jd、debangkuaidi、kuayue、ane66 等"}},
		{Name: "company_title", Example: "演示速运",
			About: notice.Phrase{"its name on the label, where this program does not know it", "面单上印的快递公司名称；程序不认识该编码时填写"}},
		{Name: "key", Required: true, Example: "AbCdEfGh1234",
			About: notice.Phrase{"the key of the enterprise account at Kuaidi100", "快递100 企业账号的授权 key"}},
		{Name: "secret", Secret: true, Required: true,
			About: notice.Phrase{"the secret of the enterprise account at Kuaidi100", "快递100 企业账号的 secret"}},
		{Name: "partner_id", Example: "7551234567",
			About: notice.Phrase{"the merchant's account with the carrier, or monthly card (partnerId)", "快递公司电子面单账号或月结账号（partnerId）"}},
		{Name: "partner_key", Secret: true,
			About: notice.Phrase{"its password (partnerKey); not with shunfeng, jd, debangkuaidi, kuayue", "电子面单密码（partnerKey）；顺丰、京东、德邦、跨越不需要"}},
		{Name: "partner_secret", Secret: true,
			About: notice.Phrase{"its secret (partnerSecret), with few carriers", "电子面单密钥（partnerSecret），少数快递需要"}},
		{Name: "partner_name",
			About: notice.Phrase{"its name (partnerName), with few carriers", "电子面单客户账户名称（partnerName），少数快递需要"}},
		{Name: "net", Example: "演示网点",
			About: notice.Phrase{"the carrier's branch (net), with shentong; accounts of e-commerce platforms are not served, their data is encrypted", "收件网点名称（net），申通必填；不支持电商平台授权，其数据已加密"}},
		{Name: "code",
			About: notice.Phrase{"the carrying number (code), with few carriers", "电子面单承载编号（code），少数快递需要"}},
		{Name: "check_man",
			About: notice.Phrase{"the courier's name (checkMan), with few carriers", "承载快递员名（checkMan），少数快递需要"}},
		{Name: "exp_type", Example: "标准快递",
			About: notice.Phrase{"the product (expType); empty leaves it to Kuaidi100", "快递产品类型（expType），空为默认"}},
		{Name: "pay_type", Default: "MONTHLY", OneOf: []string{"SHIPPER", "CONSIGNEE", "MONTHLY", "THIRDPARTY"},
			About: notice.Phrase{"who pays the freight (payType)", "付款方式（payType）：寄付、到付、月结、第三方"}},
		{Name: "cargo", Default: "商品",
			About: notice.Phrase{"what the carrier is told of the goods (cargo)", "告知快递公司的物品名称（cargo）"}},
		{Name: "child_numbers", OneOf: []string{"normal", "multi"},
			About: notice.Phrase{"how parcels are numbered (childNumType): mother and children, or one of several pieces; empty leaves it to Kuaidi100", "多件的取号方式（childNumType）：normal 子母件，multi 一票多件；空为默认"}},
		{Name: "same_number_again", Default: "48h", OneOf: []string{"48h", "true", "false"},
			About: notice.Phrase{"whether the same order number gives the same waybill number: as is documented for 48 hours, for ever (if Kuaidi100 has said so), or never", "同一订单号是否返回同一运单号：48h 按文档 48 小时内；true 永久（须经快递100确认）；false 否"}},
		{Name: "label_template", Example: "60f6c17c7c223700131d8bc3",
			About: notice.Phrase{"the template of labels that Kuaidi100 draws (tempId), as its console shows it; empty if they are drawn here", "由快递100生成面单图片时的模板编码（tempId）；由本程序出单则留空"}},
		{Name: "label_child_template",
			About: notice.Phrase{"that of further parcels (childTempId)", "子单的模板编码（childTempId）"}},
		{Name: "label_masked", Default: "false", OneOf: []string{"true", "false"},
			About: notice.Phrase{"whether Kuaidi100 masks people on the labels that it draws (needDesensitization)", "快递100生成的面单是否脱敏（needDesensitization）"}},
		{Name: "label_hosts", Default: "kuaidi100.com",
			About: notice.Phrase{"the hosts that its labels may be fetched from, each with those below it", "允许下载面单图片的主机名，含其下级域名，用逗号分隔"}},
	}
}
