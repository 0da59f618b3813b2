package cainiao

import (
	"context"
	"encoding/json"
	"math"

	"miandan/agent/internal/compat"
)

// printers answers getPrinters.
func (l *line) printers(ctx context.Context, q request) (object, error) {
	all, err := l.Station.Printers(ctx)
	if err != nil {
		return nil, err
	}
	list, usual := []any{}, ""
	for _, p := range all {
		if p.Dialect != "" && p.Dialect != dialect {
			continue
		}
		status := "disable"
		if p.Ready {
			status = "enable"
		}
		list = append(list, object{"name": p.Name, "status": status, "type": "thermal"})
		if usual == "" {
			usual = p.Name
		}
	}
	if p, err := compat.Choose(all, "", ""); err == nil {
		usual = p.Name
	}
	return q.reply(object{"defaultPrinter": usual, "printers": list}), nil
}

// config is a printer's settings as the protocol has them. Only what is honoured here
// is read.
type config struct {
	Name  string   `json:"name"`
	Right *float64 `json:"horizontalOffset"`
	Down  *float64 `json:"verticalOffset"`
}

// named reads the printer that a request is about: its name alone, or its settings.
func named(raw json.RawMessage) (c config, ok bool) {
	if json.Unmarshal(raw, &c.Name) == nil {
		return c, true
	}
	c = config{}
	return c, json.Unmarshal(raw, &c) == nil
}

// find returns the printer that a request is about.
func (l *line) find(ctx context.Context, q request) (compat.Printer, config, error) {
	c, ok := named(q.Printer)
	if !ok {
		return compat.Printer{}, c, form("printer is not a name or settings", "printer 不是名称或配置")
	}
	all, err := l.Station.Printers(ctx)
	if err != nil {
		return compat.Printer{}, c, err
	}
	p, err := compat.Choose(all, c.Name, "")
	if err != nil {
		p, err = compat.Choose(all, c.Name, dialect)
	}
	return p, c, err
}

// printerConfig answers getPrinterConfig with what is so here, whatever a page has set:
// logos are the template's, paper and head are the station's.
func (l *line) printerConfig(ctx context.Context, q request) (object, error) {
	p, _, err := l.find(ctx, q)
	if err != nil {
		return nil, err
	}
	o := l.offset(p.Name)
	return q.reply(object{"printer": object{
		"name": p.Name, "needTopLogo": false, "needBottomLogo": false, "horizontalOffset": o.right, "verticalOffset": o.down,
		"forceNoPageMargins": true, "autoPageSize": false, "orientation": 0, "autoOrientation": false,
		"paperSize": object{"width": p.Paper.Width.MM(), "height": p.Paper.Height.MM()}, "dpi": int(math.Round(float64(p.Paper.Grid) * 25.4)),
	}}), nil
}

// setPrinterConfig takes the offsets of this page's own documents. All else is the
// station's, and no page changes it for others.
func (l *line) setPrinterConfig(ctx context.Context, q request) (object, error) {
	p, c, err := l.find(ctx, q)
	if err != nil {
		return nil, err
	}
	o := l.offset(p.Name)
	if c.Right != nil {
		o.right = *c.Right
	}
	if c.Down != nil {
		o.down = *c.Down
	}
	if !(math.Abs(o.right) <= mostOffset && math.Abs(o.down) <= mostOffset) {
		return nil, form("an offset is more than 10 mm", "偏移超过 10 毫米")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.offsets == nil || len(l.offsets) >= keptOffsets {
		l.offsets = map[[2]string]offset{}
	}
	l.offsets[[2]string{l.v.ID(), p.Name}] = o
	return q.reply(nil), nil
}

func (l *line) offset(printer string) offset {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.offsets[[2]string{l.v.ID(), printer}]
}
