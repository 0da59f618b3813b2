package folder

import (
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// field is what a column says of an order. Its name is the one that mapping.toml
// uses.
type field uint8

const (
	fOrder field = iota
	fService
	fName
	fPhone
	fTel
	fRegion
	fProvince
	fCity
	fDistrict
	fTown
	fAddress
	fGoods
	fSpec
	fSKU
	fQuantity
	fRemark
	fNote
	fPaid
	fCreated
	fServiceAt
	fVirtualUntil
	fPrice
	fCollect
	fInsured
	fParcels
	fSignReturn
	fState
	fShop
	fMerchant
	fShipment
	fields // how many there are
)

// known says how each field is called in mapping.toml and what its column is
// called in the exports of shops and ERPs, the likeliest first. Titles stand
// here as plain returns them.
var known = [fields]struct {
	name   string
	titles string
}{
	fOrder:        {"order", "订单号 订单编号 平台订单号 平台单号 线上订单号 原始单号 交易编号 交易号 订单id 网店订单号 ordernumber orderno orderid ordersn order 外部单号 单号"},
	fService:      {"service", "售后单号 售后服务单号 服务单号 售后编号 售后服务单 退换货单号 servicenumber serviceno serviceid aftersalesid aftersalesno refundid"},
	fName:         {"name", "收件人 收件人姓名 收货人 收货人姓名 收件人名称 收货人名称 收件姓名 收货姓名 客户姓名 姓名 receivername recipientname receiver recipient consignee consigneename shiptoname name"},
	fPhone:        {"phone", "手机 手机号 手机号码 收件人手机 收件人手机号 收货人手机 收货人手机号 收件手机 联系手机 移动电话 收件人联系方式 联系方式 receivermobile recipientmobile mobile mobilephone cellphone receiverphone recipientphone phone phonenumber"},
	fTel:          {"tel", "电话 电话号码 收件人电话 收货人电话 收件电话 收货电话 联系电话 收货人联系电话 固定电话 固话 座机 telephone tel landline"},
	fRegion:       {"region", "省市区 所在地区 收货地区 收件地区 省市区县 地区 region"},
	fProvince:     {"province", "省 省份 收货省 收件省 收件人省份 收货人省份 收货省份 所在省 收件人省 province state receiverprovince receiverstate"},
	fCity:         {"city", "市 城市 收货市 收件市 收件人城市 收货人城市 收货城市 所在市 收件人市 city receivercity"},
	fDistrict:     {"district", "区 区县 县区 县 收货区 收件区 收货区县 收件人区县 收货人区县 所在区 收件人区 地区县 district county receiverdistrict"},
	fTown:         {"town", "街道 乡镇 镇 镇街 街道乡镇 收货街道 收件人街道 town street receivertown"},
	fAddress:      {"address", "详细地址 收货地址 收件地址 收件人地址 收货人地址 收件人详细地址 收货详细地址 地址 收货人详细地址 address receiveraddress detailaddress detailedaddress shippingaddress addressline address1"},
	fGoods:        {"goods", "商品 商品名称 商品名 货品名称 货品 品名 宝贝标题 宝贝名称 商品标题 商品信息 物品名称 托寄物 goods goodsname product productname item itemname title"},
	fSpec:         {"spec", "规格 商品规格 规格名称 销售属性 商品属性 颜色规格 spec specification variant skuname"},
	fSKU:          {"sku", "sku 商家编码 商品编码 货号 货品编号 skuid sku编码 规格编码 商品编号 商品id itemcode skucode"},
	fQuantity:     {"quantity", "数量 商品数量 购买数量 货品数量 宝贝数量 销售数量 quantity qty"},
	fRemark:       {"remark", "买家留言 买家备注 备注 订单备注 客户备注 客户留言 留言 remark buyermessage buyerremark buyernote message"},
	fNote:         {"note", "卖家备注 商家备注 客服备注 内部备注 sellerremark sellernote sellermemo note"},
	fPaid:         {"paid", "付款时间 支付时间 订单付款时间 买家付款时间 付款日期 paidat paytime paymenttime paiddate"},
	fCreated:      {"created", "下单时间 创建时间 订单创建时间 拍单时间 订单时间 下单日期 createdat createtime ordertime orderdate"},
	fServiceAt:    {"service_at", "售后申请时间 服务单申请时间 售后创建时间 服务单创建时间 申请时间 serviceat appliedat applytime"},
	fVirtualUntil: {"virtual_until", "虚拟号有效期 虚拟号到期时间 虚拟号失效时间 号码有效期 隐私号有效期 隐私号到期时间 virtualuntil virtualexpires"},
	fPrice:        {"price", "实付金额 订单金额 应付金额 实收金额 付款金额 支付金额 订单总金额 金额 总金额 amount price total orderamount paidamount"},
	fCollect:      {"collect", "代收货款 代收金额 代收款 货到付款金额 代收 cod codamount collect"},
	fInsured:      {"insured", "保价 保价金额 声明价值 声明价格 保价声明价值 insured insuredvalue declaredvalue"},
	fParcels:      {"parcels", "件数 包裹数 包裹数量 箱数 包裹件数 parcels packages boxes"},
	fSignReturn:   {"sign_return", "签单返还 签回单 回单 签单返回 signreturn"},
	fState:        {"state", "订单状态 状态 交易状态 orderstate orderstatus status"},
	fShop:         {"shop", "店铺 店铺名称 店铺名 网店 网店名称 shop shopname store storename"},
	fMerchant:     {"merchant", "商家类型 merchant merchanttype"},
	fShipment:     {"shipment", "配送方式 物流方式 快递公司 物流公司 快递 发货方式 shipment shippingmethod carrier"},
}

func (f field) String() string { return known[f].name }

func fieldNamed(name string) (field, bool) {
	for f := range fields {
		if known[f].name == name {
			return f, true
		}
	}
	return 0, false
}

// plain brings a title into the form in which titles are compared: narrow, in
// small letters, without marks and without what stands in brackets.
func plain(title string) string {
	title = strings.ToLower(width.Fold.String(title))
	depth := 0
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("([{【", r):
			depth++
			return -1
		case strings.ContainsRune(")]}】", r):
			depth = max(depth-1, 0)
			return -1
		case depth > 0 || r <= ' ' || strings.ContainsRune("*_-:/.\u00a0\u3000\ufeff\u200b、·#", r):
			return -1
		}
		return r
	}, title)
}

// header is where the columns are, and what the file calls them.
type header struct {
	row    int // index in the sheet
	at     [fields]int
	titles [fields]string
	width  int // columns up to the last title
}

func (h *header) has(f field) bool { return h.at[f] >= 0 }

func (h *header) count() int {
	n := 0
	for f := range fields {
		if h.has(f) {
			n++
		}
	}
	return n
}

// missing lists what every file of orders must have and this one has not.
func (h *header) missing() (list []string) {
	for _, need := range [][]field{{fOrder, fService}, {fName}, {fPhone, fTel}, {fAddress}} {
		if !slices.ContainsFunc(need, h.has) {
			list = append(list, strings.Fields(known[need[0]].titles)[0])
		}
	}
	return list
}

// headerWithin is among how many of the first rows the titles are looked for:
// many exports begin with the name of the report.
const headerWithin = 10

// findHeader returns the row that reads most like titles, or nil if none has
// any.
func (m *mapping) findHeader(rows []row) *header {
	var best *header
	for i, r := range rows[:min(len(rows), headerWithin)] {
		h := m.readHeader(r)
		h.row = i
		if h.count() > 0 && (best == nil || h.count() > best.count()) {
			best = h
		}
	}
	return best
}

// readHeader takes for each field the column with the likeliest title. Titles
// of one's own go before those that are known here.
func (m *mapping) readHeader(r row) *header {
	h := &header{}
	names := make([]string, len(r.cells))
	for i, c := range r.cells {
		names[i] = plain(c.text)
		if names[i] != "" {
			h.width = i + 1
		}
	}
	for f := range fields {
		h.at[f] = -1
		for _, title := range m.titles(f) {
			if i := slices.Index(names, title); i >= 0 {
				h.at[f], h.titles[f] = i, shownTitle(r.cells[i].text)
				break
			}
		}
	}
	return h
}

// shownTitle is a title as it stands in sentences. What is in brackets does not
// count as its name, and may be anything.
func shownTitle(title string) string {
	shown := []rune(strings.Join(strings.Fields(showable(title)), " "))
	return string(shown[:min(len(shown), 30)])
}

// twice returns a title that is used and stands over two columns: which of them
// is meant nobody can say.
func (h *header) twice(r row) string {
	for f := range fields {
		if !h.has(f) {
			continue
		}
		for i, c := range r.cells {
			if i != h.at[f] && plain(c.text) == plain(r.cells[h.at[f]].text) {
				return h.titles[f]
			}
		}
	}
	return ""
}
