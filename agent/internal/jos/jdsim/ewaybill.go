package jdsim

import "cmp"

// ewaybill is an answer of the newer Wujie family, jingdong.logistics.ewaybill.
func ewaybill(d Dialect, code, message string, data any) object {
	r := object{"statusCode": numeric(code), "statusMessage": message}
	if d.StringStatusCode {
		r["statusCode"] = code
	}
	if data != nil {
		r["data"] = data
	}
	if d.LowerResponse {
		return object{"response": r}
	}
	return object{"Response": r}
}

func refuseEwaybill(d Dialect, code, message string) object { return ewaybill(d, code, message, nil) }

// ewaybillContracts is contract.query. Its answer has not been seen: guessed
// to be the rows of the classic family with their services.
func (g *Gateway) ewaybillContracts(c *call) (object, error) {
	request, ok := child(c.args, "request")
	if !ok {
		return g.no(c, wujieParam, "参数错误：request 不能为空"), nil
	}
	if text(request, "vendorCode") != g.config.VendorID {
		return g.no(c, wujieParam, "商家不存在：vendorCode"), nil
	}
	rows := []any{}
	for _, k := range g.stock {
		row := k.row()
		services := []any{object{"serviceCode": "INSURE", "serviceName": "保价"}}
		if k.COD {
			services = append(services, object{"serviceCode": "COD", "serviceName": "代收货款"})
		}
		row["valueAddedServices"] = services
		rows = append(rows, row)
	}
	return ewaybill(g.config.Dialect, wujieOK, "成功", rows), nil
}

// ewaybillCreate is waybill.create. Which fields it insists on is guessed, and
// so is what several parcels mean: with childMotherOrder one number for
// waybillCount packages, without it as many numbers of one package.
func (g *Gateway) ewaybillCreate(c *call) (object, error) {
	request, ok := child(c.args, "request")
	if !ok {
		return g.no(c, wujieParam, "参数错误：request 不能为空"), nil
	}
	for _, name := range []string{"providerCode", "vendorCode", "salePlatform", "platformOrderNo", "waybillCount", "payType"} {
		if text(request, name) == "" {
			return g.no(c, wujieParam, "参数错误："+name+" 不能为空"), nil
		}
	}
	for _, which := range []string{"fromAddress", "toAddress"} {
		// Regions go by their names alone.
		if a, _ := child(request, which); text(a, "provinceName") == "" || text(a, "cityName") == "" {
			return g.no(c, wujieParam, "参数错误："+which+".provinceName、cityName 不能为空"), nil
		}
	}
	k, message := g.requestFault(request)
	if message != "" {
		return g.no(c, wujieParam, message), nil
	}
	p, refusal := g.wujieParcel(c, request, k)
	if refusal != nil {
		return refusal, nil
	}
	numbers, err := g.take(c, p)
	if err != nil {
		return nil, err
	}
	infos := []any{}
	for _, n := range numbers {
		infos = append(infos, object{"waybillCode": n, "waybillPackageNoList": g.packageList(n)})
	}
	return ewaybill(g.config.Dialect, wujieOK, "成功", object{"platformOrderNo": p.order, "waybillCodeInfoList": infos}), nil
}

// packageList names the packages of a number. That a single one goes by the
// number itself is guessed.
func (g *Gateway) packageList(number string) []any {
	total := g.packages(number)
	if total == 1 {
		return []any{object{"serialNumber": 1, "packageNo": number}}
	}
	l := []any{}
	for i := 1; i <= total; i++ {
		l = append(l, object{"serialNumber": i, "packageNo": packageCode(number, i, total)})
	}
	return l
}

// ewaybillCancel is waybill.cancel. Its answer is guessed.
func (g *Gateway) ewaybillCancel(c *call) (object, error) {
	request, ok := child(c.args, "request")
	if !ok {
		request = c.args
	}
	for _, name := range []string{"providerCode", "waybillCode", "cancelReason", "vendorCode"} {
		if text(request, name) == "" {
			return g.no(c, wujieParam, "参数错误："+name+" 不能为空"), nil
		}
	}
	if text(request, "vendorCode") != g.config.VendorID {
		return g.no(c, wujieParam, "商家不存在：vendorCode"), nil
	}
	e, err := g.unbind(c, text(request, "providerCode"), text(request, "waybillCode"))
	if err != nil {
		return nil, err
	}
	return ewaybill(g.config.Dialect, cmp.Or(when(e.Refused != "", wujieFailed), wujieOK), cmp.Or(e.Refused, "成功"), nil), nil
}
