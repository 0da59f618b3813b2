package app

import (
	"context"
	"strings"

	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/cloudprint"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// cloudPrint gets the labels that JD makes.
func (a *accounts) cloudPrint() *cloudprint.Client {
	c := a.config.CloudPrint
	client := &cloudprint.Client{
		JOS: a.jos, CustomerCode: a.config.Express.CustomerCode, VendorCode: a.config.JD.VenderID, POP: c.POP,
		Templates: map[waybill.Carrier]cloudprint.Template{},
	}
	client.Render.TemplateCode, client.Render.Operator, client.Render.Others = c.Render.Template, c.Render.Operator, c.Render.Others
	client.Render.Transport, client.Render.Product, client.Render.Settle = c.Render.Transport, c.Render.Product, c.Render.Settle
	client.Render.Outputs = map[cloudprint.Format]cloudprint.Output{cloudprint.PNG: output(c.Render.PNG), cloudprint.PDF: output(c.Render.PDF)}
	client.Render.Files.Hosts, client.Render.Files.Practice = c.Render.FileHosts, config.OnThisComputer(a.config.JDL.Gateway)
	for _, w := range a.config.Wujie {
		client.VendorCode = w.VendorCode // one merchant has one, whatever the carrier
	}
	for code, t := range c.Templates {
		client.Templates[waybill.Carrier(code)] = cloudprint.Template{Code: t.Code, URL: t.URL, Version: t.Version, CustomURL: t.CustomURL, Custom: t.Custom}
	}
	if a.lop != nil {
		client.LOP = cloudprint.CallerFunc(func(ctx context.Context, path string, argument, result any) error {
			return a.lop.Read(ctx, lop.API{Domain: c.Domain, Path: path}, argument, result)
		})
		if c.By == "lop" {
			client.JOS = nil
		}
	}
	return client
}

func output(numbers []string) cloudprint.Output {
	return cloudprint.Output{OutputType: numbers[0], DataFormat: numbers[1], FileFormat: numbers[2]}
}

// checkWay looks whether a carrier's labels can be had in the way that the
// settings want, down to the component that prints them.
func (a *accounts) checkWay(ctx context.Context, name, code, way string) Check {
	check := Check{What: name + " labels"}
	switch client := a.cloudPrint(); way {
	case config.Sealed:
		if check.Err = client.CheckSeal(ctx, waybill.Carrier(code)); check.Err == nil {
			check.Err = a.checkComponents(ctx)
		}
		check.Says = notice.Phrase{"JD's component has the printer that sealed labels go to", "京东打印组件中有加密面单所用的打印机"}
	case config.Rendered:
		check.Err, check.Says = client.CheckRender(ctx, waybill.Carrier(code)), notice.Phrase{"JD Logistics' platform answers and knows this app", "京东物流开放平台有应答，应用有效"}
	default:
		check.Says = notice.Phrase{"drawn here", "由本程序绘制"}
	}
	if check.Err == nil {
		check.Err = a.checkPaper(name)
	}
	return check
}

// checkPaper looks whether a printer holds the paper of a carrier's labels.
func (a *accounts) checkPaper(name string) error {
	c := a.config
	way, made := ways(c)[name]
	if !made { // it is drawn here
		library, err := stationTemplates(c.Labels.Layouts)
		if err != nil {
			return err
		}
		layouts, err := chooseLayouts(c, library)
		if err != nil {
			return err
		}
		t, err := library.Get(layouts[name])
		if err != nil {
			return notice.New("layout-missing", err, layouts[name], library.Names())
		}
		way.Paper = dispatch.SizeOf(t)
	}
	for _, p := range c.Printers {
		paper := dispatch.Size(scene.Length(p.Paper.Width), scene.Length(p.Paper.Height))
		if p.Language == config.Sealed {
			paper = sealedPaper(&p, paper)
		}
		if paper == way.Paper {
			return nil
		}
	}
	return notice.New(ledger.NoPrinter, nil, way.Paper)
}

// sealedPaper is the paper of a print component's printer.
func sealedPaper(p *config.Printer, size string) string {
	address, _, _ := strings.Cut(p.URL, ":")
	if d, ok := cainiao.DialectOf(address); ok {
		return dispatch.SealedPaperOf(size, d.Name)
	}
	return dispatch.SealedPaper(size)
}

// ways are the carriers whose labels are not drawn here.
func ways(c *config.Config) map[string]dispatch.Way {
	size := dispatch.Size(scene.Length(c.CloudPrint.Paper.Width), scene.Length(c.CloudPrint.Paper.Height))
	all := map[string]dispatch.Way{}
	for name, way := range c.Ways() {
		switch way {
		case config.Sealed:
			all[name] = dispatch.Way{Label: dispatch.SealedLabel, Paper: dispatch.SealedPaper(size)}
		case config.Rendered:
			all[name] = dispatch.Way{Label: dispatch.RenderedLabel, Paper: size}
		}
	}
	for _, name := range c.Drawn() {
		all[name] = dispatch.Way{Label: dispatch.RenderedLabel, Paper: dispatch.Size(scene.Length(c.Labels.Paper.Width), scene.Length(c.Labels.Paper.Height))}
	}
	return all
}

// stock is below how many numbers left people are told.
func stock(c *config.Config) map[string]int {
	all := map[string]int{}
	for _, w := range c.Wujie {
		if w.StockWarning > 0 {
			all[w.Name()] = w.StockWarning
		}
	}
	for _, a := range c.Accounts {
		if a.StockWarning > 0 {
			all[a.Name] = a.StockWarning
		}
	}
	return all
}
