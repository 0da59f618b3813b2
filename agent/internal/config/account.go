package config

// JD is the merchant's account at JD's open platform (京东宙斯). The app secret
// and the access token are secrets: secret.JDAppSecret, secret.JDAccessToken.
type JD struct {
	Enabled     bool     `toml:"enabled"`
	Gateway     string   `toml:"gateway"`
	PlainHTTP   bool     `toml:"plain_http"` // lets the gateway be http:// on another computer
	AppKey      string   `toml:"app_key"`
	VenderID    string   `toml:"vender_id"` // 商家编号
	Shop        string   `toml:"shop"`      // the shop's name, for labels and Wujie
	PollEvery   Duration `toml:"poll_every"`
	LookBack    Duration `toml:"look_back"` // how far back the first poll reads; JD takes windows up to 29 days
	PageSize    int      `toml:"page_size"`
	OrderStates []string `toml:"order_states"` // JD's words
	Timeout     Duration `toml:"timeout"`      // of one call
	// Merchant is the kind of merchant, "SOP", "FBP" or "FCS", of orders that do
	// not say it themselves.
	Merchant string `toml:"merchant"`
	// RegularPlans says that the shop sells regular purchases, 定期购.
	RegularPlans      bool     `toml:"regular_plans"`
	RegularMarks      []string `toml:"regular_marks"`      // what marks their orders: "orderMarkDesc.NAME", "sendpayMap.NAME=VALUE"; a guess
	SubscriptionWords []string `toml:"subscription_words"` // in the name of goods of which later issues follow; a guess
	PauseIgnored      []string `toml:"pause_ignored"`      // JD's numbers of reasons to wait that hold no order up
	NumberPackage     bool     `toml:"number_package"`     // the shop has paid for 号码包: exports may name virtual numbers
	// Voucher is the path of the certificate (PEM) that JD signs the keys of
	// encrypted fields with; made absolute by Load; empty to trust the connection.
	Voucher  string `toml:"voucher_certificate"`
	OAuth    string `toml:"oauth"`    // where the app is authorised
	Redirect string `toml:"redirect"` // the app's redirect address, as it stands on its page at JD
	OAID     OAID   `toml:"oaid"`
	// CarrierIDs are JD's numbers of carriers (logiCoprId) by carrier code, for
	// those that the program does not know or that the shop numbers otherwise.
	CarrierIDs map[string]string `toml:"carrier_ids"`
}

// OAID is how receivers that JD masks are opened. Most of what JD calls for is
// not public: what is empty is not sent.
type OAID struct {
	Off        bool     `toml:"off"` // leave them closed, for shops whose labels are made by JD
	By         string   `toml:"by"`  // "decrypt", "mobile-list", or "" for the first that the app may use
	OrderType  string   `toml:"order_type"`
	AppName    string   `toml:"app_name"`
	Region     string   `toml:"region"`
	Scene      string   `toml:"scene"`
	ClickScene string   `toml:"click_scene"`
	Expiration int      `toml:"expiration"`
	Batch      int      `toml:"batch"`
	BindWait   Duration `toml:"bind_wait"` // how long JD takes to give a number its extension
}

// JDL is the merchant's account at JD Logistics' own platform (京东物流开放平台).
// Its secrets are secret.JDLAppSecret and secret.JDLAccessToken.
type JDL struct {
	Gateway   string   `toml:"gateway"`
	AppKey    string   `toml:"app_key"`
	JOSAuth   bool     `toml:"jos_auth"` // key, secret and token are those of [jd]
	Partner   bool     `toml:"partner"`  // a partner's own app, which needs no token
	Algorithm string   `toml:"algorithm"`
	Timeout   Duration `toml:"timeout"`
	OAuth     string   `toml:"oauth"`
	RenewPath string   `toml:"renew_path"` // seen in one client
}

// Express is a contract with JD Express (京东快递), in the words of
// jingdong.ldop.waybill.receive.
type Express struct {
	Enabled         bool    `toml:"enabled"`
	By              string  `toml:"by"`            // "jos": JD's open platform, "lop": JD Logistics' own
	Way             string  `toml:"way"`           // who makes the label
	CustomerCode    string  `toml:"customer_code"` // 商家编码, 青龙业主号
	SalePlatform    string  `toml:"sale_platform"`
	PromiseTimeType int     `toml:"promise_time_type"`
	TransType       int     `toml:"trans_type"`
	GoodsType       int     `toml:"goods_type"`
	WarehouseCode   string  `toml:"warehouse_code"`
	Weight          float64 `toml:"weight"` // kg, where the order says nothing
	Volume          float64 `toml:"volume"` // cm³
	// SameNumberAgain says that the account gives the same number when the same
	// order is asked for again. Whether JD does so is not public; only a test
	// with one's own account tells.
	SameNumberAgain bool `toml:"same_number_again"`
	// CheckRange asks whether JD delivers to the address before a number is taken.
	CheckRange bool `toml:"check_range"`
	ECAP       ECAP `toml:"ecap"`
}

// ECAP is what By "lop" needs besides, in the words of /ecap/v1/orders/create.
type ECAP struct {
	Domain       string `toml:"domain"` // LOP-DN
	BusinessUnit string `toml:"business_unit"`
	Origin       int    `toml:"order_origin"`
	Product      string `toml:"product"`
	Settle       int    `toml:"settle"`
	PickupType   int    `toml:"pickup_type"`
	DeliveryType int    `toml:"delivery_type"`
	Collect      string `toml:"collect"` // JD's codes of what is sold beside carrying
	Insured      string `toml:"insured"`
	SignReturn   string `toml:"sign_return"`
	OAIDField    string `toml:"oaid_field"` // the name in extendProps; a guess, none sends none
	Precheck     bool   `toml:"precheck"`
	Reserve      bool   `toml:"reserve"` // fetch the number before the order is sent
}

// Wujie is a contract with one carrier through JD's Wujie e-waybill
// (无界电子面单), in the words of jingdong.ldop.alpha.waybill.receive.
type Wujie struct {
	ProviderCode    string  `toml:"provider_code"` // ZTO, YTO …
	ProviderName    string  `toml:"provider_name"` // 中通快递, for the label
	ProviderID      int     `toml:"provider_id"`
	BranchCode      string  `toml:"branch_code"`     // 加盟: the branch's code
	SettlementCode  string  `toml:"settlement_code"` // 直营: the settlement code
	VendorCode      string  `toml:"vendor_code"`     // empty for jd.vender_id
	VendorName      string  `toml:"vendor_name"`     // empty for jd.shop
	SalePlatform    string  `toml:"sale_platform"`
	WaybillType     int     `toml:"waybill_type"`
	ExpressType     string  `toml:"express_type"`       // for carriers that ask for it (SF)
	ExpressPay      string  `toml:"express_pay_method"` // for carriers that ask for it (SF)
	Weight          float64 `toml:"weight"`             // kg
	Volume          float64 `toml:"volume"`             // cm³
	Template        string  `toml:"template"`           // empty for labels.wujie, or the carrier's own
	SameNumberAgain bool    `toml:"same_number_again"`  // as for Express

	Way               string `toml:"way"`                 // who makes the label
	Family            string `toml:"family"`              // "alpha": the classic methods, "ewaybill": the newer ones
	Together          bool   `toml:"together"`            // ewaybill: the boxes of an order share one waybill, 子母件
	SignReturnService string `toml:"sign_return_service"` // ewaybill: the carrier's name for 签单返还
	CollectPayType    int    `toml:"collect_pay_type"`    // payType of 代收货款; a guess
	CheckOutage       bool   `toml:"check_outage"`        // ask for 停发 before a number is taken
	StockWarning      int    `toml:"stock_warning"`       // fewer numbers left are told; -1 never
}

// Name is the carrier's name in routes.
func (w Wujie) Name() string { return WujiePrefix + w.ProviderCode }
