package app

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// jobs prints what pages and programs hand in. Whose a job is stands in the key of
// its order, so that nothing here could find another's.
type jobs struct{ *desk }

var _ api.Jobs = jobs{}

// AddJob implements api.Jobs. A label that no printer in the settings could print is
// not taken: whoever hands it in can still do something about it.
func (s jobs) AddJob(ctx context.Context, j api.NewJob) (api.Job, error) {
	d, err := s.handed(ctx, j)
	if err != nil {
		return api.Job{}, err
	}
	d.Order, d.Target, d.PaidAt = order.OfCaller(j.Caller, j.Key), j.Printer, j.PaidAt
	verdict, err := s.Station.AddDocument(ctx, d)
	var n *notice.Error
	switch {
	case notice.CodeOf(err) == "number-taken", notice.CodeOf(err) == "document-in-hand":
		errors.As(err, &n)
		return api.Job{}, notice.New(n.Code, errors.Join(api.ErrConflict, err), n.Args...)
	case err != nil:
		return api.Job{}, s.told(err)
	case verdict == ledger.TooLate:
		return api.Job{}, notice.New("document-too-late", api.ErrConflict, j.Key)
	}
	job, err := s.Job(ctx, j.Caller, j.Key)
	job.Verdict = string(verdict)
	return job, err
}

// handed makes of a job what the ledger keeps.
func (s jobs) handed(ctx context.Context, j api.NewJob) (ledger.Document, error) {
	switch j.Kind {
	case api.SealedJob:
		paper := dispatch.SealedPaperOf(j.Sealed.Size, j.Sealed.Dialect)
		if j.Sealed.Dialect == "jd" { // whose component was the first, and its paper has no name
			paper = dispatch.SealedPaper(j.Sealed.Size)
		}
		if s.printerFor(paper) == nil {
			return ledger.Document{}, notice.New(ledger.NoPrinter, nil, paper)
		}
		return s.document(j.Sealed, paper), nil
	case api.FileJob:
		p := s.printerFor(j.Size)
		if named := s.printerNamed(j.Printer); named != nil && named.Paper == j.Size {
			p = named
		}
		if p == nil {
			return ledger.Document{}, notice.New(ledger.NoPrinter, nil, j.Size)
		}
		if err := s.Station.FileFits(ctx, j.Raw, j.Label, p); err != nil {
			return ledger.Document{}, fileNotice(err)
		}
		return s.kept(j, dispatch.HandedFile, j.Size), nil
	}
	t, err := s.Station.Templates.Get(j.Layout)
	if err != nil {
		return ledger.Document{}, notice.New("job-layout", err, j.Layout)
	}
	paper := dispatch.SizeOf(t)
	p := s.printerFor(paper)
	switch {
	case p == nil:
		return ledger.Document{}, notice.New(ledger.NoPrinter, nil, paper)
	case j.Label.PhoneKind == waybill.PhoneMasked && s.config.Print.Phone == waybill.PhoneReal:
		return ledger.Document{}, notice.New("phone-masked", nil, j.Key)
	}
	if _, err := t.Compose(j.Label, p.Grid); err != nil {
		return ledger.Document{}, dispatch.Notice(err)
	}
	return s.kept(j, j.Layout, paper), nil
}

func (s jobs) kept(j api.NewJob, template, paper string) ledger.Document {
	w := j.Label.Waybill
	if w.IssuedAt.IsZero() {
		w.IssuedAt = s.options.Clock()
	}
	d := ledger.Document{Waybill: w, Sealed: j.Raw, Paper: ledger.Paper{Template: template, Size: paper}}
	if w.Order != j.Key {
		d.Parent = w.Order
	}
	return d
}

func (s jobs) printerFor(paper string) *dispatch.Printer {
	i := slices.IndexFunc(s.Station.Printers, func(p *dispatch.Printer) bool { return p.Paper == paper })
	if i < 0 {
		return nil
	}
	return s.Station.Printers[i]
}

func (s jobs) printerNamed(name string) *dispatch.Printer {
	i := slices.IndexFunc(s.Station.Printers, func(p *dispatch.Printer) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return s.Station.Printers[i]
}

// Job implements api.Jobs.
func (s jobs) Job(ctx context.Context, caller, key string) (api.Job, error) {
	rows, err := s.Ledger.RowsOf(ctx, order.OfCaller(caller, key), 1)
	switch {
	case err != nil:
		return api.Job{}, s.told(err)
	case len(rows) == 0 || key == "":
		return api.Job{}, notice.New("job-unknown", api.ErrNotFound, key)
	}
	return jobOf(rows[0]), nil
}

// Jobs implements api.Jobs.
func (s jobs) Jobs(ctx context.Context, caller string, limit int) ([]api.Job, error) {
	rows, err := s.Ledger.RowsOf(ctx, order.OfCaller(caller, ""), limit)
	if err != nil {
		return nil, s.told(err)
	}
	seen := map[string]bool{}
	var list []api.Job
	for _, r := range rows {
		if !seen[r.Order.ID] { // a reprint is another label of the same job, and the newest speaks
			seen[r.Order.ID] = true
			list = append(list, jobOf(r))
		}
	}
	return list, nil
}

func jobOf(r ledger.Row) api.Job {
	v := row(r)
	kind := api.WaybillJob
	switch r.Template {
	case dispatch.HandedFile:
		kind = api.FileJob
	case dispatch.PlatformSealed:
		kind = api.SealedJob
	}
	return api.Job{
		Key: r.Order.ID, Kind: kind, Waybill: v.Waybill, Label: v.Label, State: v.State, Step: v.Step,
		Evidence: v.Evidence, Printer: v.Printer, Since: v.Since, Refusal: v.Refusal,
	}
}

// Looks implements api.Jobs.
func (s jobs) Looks(ctx context.Context, caller, key string) ([]byte, error) {
	rows, err := s.Ledger.RowsOf(ctx, order.OfCaller(caller, key), 1)
	switch {
	case err != nil:
		return nil, s.told(err)
	case len(rows) == 0 || key == "":
		return nil, notice.New("job-unknown", api.ErrNotFound, key)
	}
	return s.Preview(ctx, strconv.FormatInt(rows[0].LabelID, 10))
}

// JobPrinters implements api.Jobs.
func (s jobs) JobPrinters(ctx context.Context) (api.JobPrinters, error) {
	queue, err := (&station{App: s.App}).Queue(ctx, api.QueueQuery{Limit: 1})
	if err != nil {
		return api.JobPrinters{}, err
	}
	list := api.JobPrinters{Layouts: slices.DeleteFunc(slices.Clone(s.Station.Templates.Names()), noWaybill)}
	for _, p := range queue.Printers {
		q := s.printerNamed(p.Name)
		if q == nil {
			continue
		}
		list.Printers = append(list.Printers, api.JobPrinter{Name: p.Name, State: p.State, Reasons: p.Reasons, Paper: q.Paper, DPI: int(float64(q.Grid)*25.4 + 0.5)})
	}
	return list, nil
}
