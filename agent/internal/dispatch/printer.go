package dispatch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/store"
	"miandan/printer"
	"miandan/printer/spool"
	"miandan/printer/winspool"
	"miandan/templates/waybill"
)

// Condition is what the page shows of a printer.
type Condition struct {
	Name    string
	Paper   string
	Status  printer.Status
	Trouble *notice.Error  // why it does not print; nil while it does
	Current waybill.Number // the label that is being printed
}

// Condition returns how the printer is.
func (p *Printer) Condition() Condition {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := Condition{Name: p.Name, Paper: p.Paper, Status: p.status, Trouble: p.trouble}
	if len(p.current) > 0 {
		c.Current = p.current[0]
	}
	return c
}

// heard takes in what the printer says of itself while a label is on its way.
func (p *Printer) heard(st printer.Status) {
	if !st.Ready() {
		p.is(st, faultNotice(p.Name, st))
		return
	}
	p.is(st, nil)
}

// is notes how the printer is.
func (p *Printer) is(st printer.Status, trouble *notice.Error) {
	p.mu.Lock()
	p.status, p.trouble = st, trouble
	reloaded := p.empty && st.Ready()
	p.empty = !st.Ready() && (p.empty || slices.Contains(st.Reasons, printer.MediaEmpty))
	p.mu.Unlock()
	if reloaded && p.reloaded != nil {
		p.reloaded()
	}
}

// begin notes a label that is being sent.
func (p *Printer) begin(n waybill.Number) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = append(p.current, n)
}

// end notes that it is known what became of it.
func (p *Printer) end(n waybill.Number) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.current, n); i >= 0 {
		p.current = slices.Delete(p.current, i, i+1)
	}
}

// printed notes that a label has come out. What the printer has said since of the
// one behind it stands.
func (p *Printer) printed() {
	p.mu.Lock()
	behind := len(p.current) > 1
	p.mu.Unlock()
	if !behind {
		p.well()
	}
}

func (p *Printer) well() { p.is(printer.Status{}, nil) }

// fails notes what keeps the printer from printing.
func (p *Printer) fails(n *notice.Error) {
	st := printer.Status{Reasons: []printer.Reason{printer.Offline}}
	if fault := (*printer.FaultError)(nil); errors.As(n, &fault) {
		st = fault.Status
	}
	p.is(st, n)
}

// Watch makes the printer's own words reach its condition while a label is in
// hand, and say for whoever else listens. A printer that was out of paper and is
// no more has a new roll.
func (s *Station) Watch(p *Printer) {
	p.reloaded = func() {
		if p.Roll == 0 {
			return
		}
		if err := s.Ledger.SetRoll(context.Background(), p.Name, p.Roll, ledger.Person{}); err != nil {
			s.Log.Warn("the new roll is not counted", "printer", p.Name, "error", err)
		}
	}
	p.Changed = func(st printer.Status) {
		p.heard(st)
		if n := p.Condition().Trouble; n != nil {
			s.Say(n)
		}
	}
}

// held returns ledger.ErrNothing while all printing is held, or this printer. One that
// was in trouble is asked whether it still is before it may claim a label
// again: a claimed label is one that its sister cannot take.
func (s *Station) held(ctx context.Context, p *Printer) error {
	paused, err := s.Ledger.Paused(ctx)
	if err != nil {
		return err
	}
	stopped, err := s.Ledger.Held(ctx)
	if err != nil {
		return err
	}
	if paused || stopped[p.Name] {
		return ledger.ErrNothing
	}
	if p.Condition().Trouble == nil {
		return nil
	}
	p.line.Lock()
	st, err := p.Status(ctx)
	p.line.Unlock()
	switch {
	case errors.Is(err, printer.ErrMute): // it can be reached, and says no more
	case err != nil:
		return p.problem(err)
	case !st.Ready():
		return p.problem(&printer.FaultError{Status: st})
	}
	p.well()
	return nil
}

// release puts a label back: no byte of it has left. A printer that is off or
// out of paper holds up nothing but itself; the label may go to a sister.
func (s *Station) release(ctx context.Context, p *Printer, label ledger.Label, cause error) error {
	var (
		move *ledger.MoveError
		own  *troubleError
		wait time.Duration
	)
	if errors.Is(cause, errGone) || errors.As(cause, &move) {
		return nil // another rule has taken it out of the queue
	}
	problem := problemOf(cause, string(label.Number))
	switch {
	case errors.Is(cause, ledger.ErrHeld): // nothing is wrong with it
		problem, cause = ledger.Problem{}, ledger.ErrNothing
	case labelsOwn(cause):
		wait = s.patience.after(label.ID, cause)
	case !errors.As(cause, &own):
		wait = 5 * time.Second // let others pass
	}
	err := s.persist(ctx, func(ctx context.Context) error {
		return s.Ledger.Release(ctx, label.ID, problem, wait)
	})
	return errors.Join(cause, err)
}

// labelsOwn reports whether it is the label's own trouble, and others may pass at
// once: it cannot be made, whoever makes it has not given it, or the platform
// holds it up.
func labelsOwn(err error) bool {
	return errors.As(err, new(*unfitError)) || errors.As(err, new(*elsewhereError)) || heldUp(err)
}

// heldUp reports whether it is the platform that a label waits for.
func heldUp(err error) bool {
	c := notice.CodeOf(err)
	return c == "order-paused" || c == "order-not-to-ship" || c == "phone-expired"
}

// settle writes down what became of an attempt.
func (s *Station) settle(ctx context.Context, p *Printer, label ledger.Label, r ledger.Settled, cause error) error {
	refused := refusedBy(p, cause)
	switch {
	case r.Outcome == printer.Uncertain:
		r.Problem = ledger.Problem{Code: "label-unknown", Args: []any{p.Name, label.ID}}
	case r.Outcome == printer.NotSent && refused != nil:
		r.Problem, r.Wait = problemOf(refused, string(label.Number)), s.patience.after(label.ID, refused)
		p.well()
	case r.Outcome == printer.NotSent:
		r.Problem = problemOf(p.problem(cause), string(label.Number))
	default:
		p.printed()
		s.patience.forget(label.ID)
	}
	var state ledger.LabelState
	err := s.persist(ctx, func(ctx context.Context) (err error) {
		state, err = s.Ledger.Settle(ctx, label, r)
		return err
	})
	if err != nil {
		return err
	}
	s.Log.Info("label", "label", label.ID, "order", label.Order.ID, "printer", p.Name, "outcome", r.Outcome.String(), "state", state,
		"evidence", r.Evidence.Method, "send", r.Timing.Send)
	if r.Outcome != printer.NotSent {
		s.tellRoll(ctx, p)
	}
	switch {
	case r.Outcome == printer.Uncertain:
		p.fails(p.problem(cause).notice)
		s.Say(notice.New("label-unknown", cause, p.Name, label.ID))
	case refused != nil:
		return refused
	case cause != nil:
		return p.problem(cause)
	}
	return nil
}

// lowRoll are the labels left at which people are told that a roll will end.
var lowRoll = []int{20, 10, 5}

// tellRoll says when a printer's roll will soon end: a new one can be fetched
// before the labels wait for it.
func (s *Station) tellRoll(ctx context.Context, p *Printer) {
	rolls, err := s.Ledger.Rolls(ctx)
	if err != nil {
		s.Log.Warn("rolls not known", "error", err)
	}
	if left, known := rolls[p.Name]; known && slices.Contains(lowRoll, left) {
		s.Say(notice.New("roll-low", nil, p.Name, left))
	}
}

// troubleError is a printer's trouble, as against a label's.
type troubleError struct{ notice *notice.Error }

func (e *troubleError) Error() string { return e.notice.Error() }
func (e *troubleError) Unwrap() error { return e.notice }

// problem says what is wrong with the printer and keeps it for the page.
func (p *Printer) problem(err error) *troubleError {
	var (
		fault *printer.FaultError
		known *troubleError
		n     *notice.Error
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &fault):
		n = faultNotice(p.Name, fault.Status)
		n.Err = err
	case component.Notice(p.Name, err) != nil:
		n = component.Notice(p.Name, err)
	case errors.Is(err, spool.ErrNoSpooler), errors.Is(err, winspool.ErrNoSpooler):
		n = notice.New("spooler-off", err, p.Name)
	case errors.Is(err, spool.ErrNoQueue), errors.Is(err, winspool.ErrNoQueue):
		n = notice.New("queue-unknown", err, p.Name)
	case errors.Is(err, spool.ErrNoPaper), errors.Is(err, winspool.ErrNoPaper):
		n = notice.New("queue-no-paper", err, p.Name, p.Paper)
	case errors.Is(err, winspool.ErrResolution):
		n = notice.New("queue-resolution", err, p.Name)
	case errors.Is(err, winspool.ErrMargins):
		n = notice.New("queue-margins", err, p.Name)
	case errors.Is(err, spool.ErrRejecting):
		n = notice.New("printer-paused", err, p.Name)
	case errors.Is(err, printer.ErrAlike):
		n = notice.New("printer-alike", err, p.Name)
	case errors.Is(err, printer.ErrHeld):
		n = notice.New("printer-held", err, p.Name)
	case errors.Is(err, printer.ErrDenied):
		n = notice.New("printer-denied", err, p.Name)
	case errors.Is(err, store.ErrFull), errors.Is(err, store.ErrDisk), errors.Is(err, store.ErrDamaged):
		n = asNotice(err) // what was to be written down before it left
	default:
		n = notice.New("printer-off", err, p.Name)
	}
	p.fails(n)
	return &troubleError{n}
}

// faultNotice says the first of a printer's troubles that a person has to see to.
func faultNotice(name string, st printer.Status) *notice.Error {
	for _, r := range st.Reasons {
		switch r {
		case printer.CoverOpen:
			return notice.New("cover-open", nil, name)
		case printer.MediaEmpty:
			return notice.New("paper-out", nil, name)
		case printer.MediaJam:
			return notice.New("paper-jam", nil, name)
		case printer.RibbonEmpty:
			return notice.New("ribbon-out", nil, name)
		case printer.CutterFail:
			return notice.New("cutter-stuck", nil, name)
		case printer.Overheated:
			return notice.New("head-hot", nil, name)
		case printer.OutputFull:
			return notice.New("label-waiting", nil, name)
		case printer.Paused:
			return notice.New("printer-paused", nil, name)
		case printer.Offline:
			return notice.New("printer-off", nil, name)
		}
	}
	return notice.New("printer-fault", nil, name)
}

// ResolveNotPrinted takes a person's word that an unknown label is not on
// paper, and puts it back into the queue. That word is accepted only when
// nothing of the label can come out any more: the printer answers a process ID
// that stands behind everything it has received, its spooler has no such job,
// or, where neither can be asked, the person has switched it off and on, which
// empties all printers but those that keep what they were sent. Of a spooler's queue
// the switch says nothing: what waits there is taken out in any case. A label
// that may have been sent to any printer since an old copy of the database was
// made is cleared from all of them.
func (s *Station) ResolveNotPrinted(ctx context.Context, id int64, who ledger.Person, cleared bool) error {
	w, err := s.Ledger.Where(ctx, id)
	if err != nil {
		return err
	}
	how, hold := "a person switched the printer off and on", s.mayHold(w)
	if w.Doubted {
		how = "a person switched every printer of its paper off and on"
		w.Document = "" // what was sent since has another name
	}
	for _, name := range hold {
		keeps := s.keeps(name)
		if cleared && !keeps {
			if err := s.unqueued(ctx, name, w.Document); err != nil {
				return notice.New("buffer-not-clear", err, strings.Join(hold, ", "), id)
			}
			continue
		}
		code := notice.Code("buffer-not-clear")
		if keeps {
			code = "buffer-kept"
		}
		if how, err = s.drained(ctx, name, w.Document); err != nil {
			return notice.New(code, err, strings.Join(hold, ", "), id)
		}
	}
	return s.Ledger.ResolveNotPrinted(ctx, id, who, how)
}

// keeps reports whether what a printer was sent survives its power switch.
func (s *Station) keeps(name string) bool {
	return slices.ContainsFunc(s.Printers, func(p *Printer) bool { return p.Name == name && p.Keeps })
}

// mayHold lists the printers in which something of a label may lie.
func (s *Station) mayHold(w ledger.Whereabouts) []string {
	if !w.Doubted {
		return []string{w.Printer}
	}
	var names []string
	for _, p := range s.Printers {
		if p.Paper == w.Paper || p.Name == w.Printer {
			names = append(names, p.Name)
		}
	}
	if !slices.Contains(names, w.Printer) && w.Printer != "" {
		names = append(names, w.Printer) // it is no longer in the settings, and is told as such
	}
	return names
}

// spooler is a way to a printer on which a document waits under its name.
type spooler interface {
	// Withdraw takes the document out of the queue. No error means that nothing of
	// it was or will be printed.
	Withdraw(ctx context.Context, document string) error
}

// withdrawTime is how long a spooler may take to be rid of a job.
const withdrawTime = 10 * time.Second

func withdraw(ctx context.Context, queue spooler, document string) error {
	ctx, cancel := context.WithTimeout(ctx, withdrawTime)
	defer cancel()
	return queue.Withdraw(ctx, document)
}

// unqueued takes a document out of the queue of its printer, if that has one, which
// would print it once the printer is on again. What the queue does not know or does
// not say is left to the person's word.
func (s *Station) unqueued(ctx context.Context, name, document string) error {
	i := slices.IndexFunc(s.Printers, func(p *Printer) bool { return p.Name == name })
	if i < 0 || document == "" {
		return nil
	}
	queue, ok := s.Printers[i].Transport.(spooler)
	if !ok {
		return nil
	}
	if err := withdraw(ctx, queue, document); errors.Is(err, printer.ErrQueued) {
		return err
	}
	return nil
}

// drained says how it is known that nothing is left of a document.
func (s *Station) drained(ctx context.Context, name, document string) (string, error) {
	for _, p := range s.Printers {
		if p.Name != name {
			continue
		}
		if queue, ok := p.Transport.(spooler); ok {
			if document == "" {
				return "", errors.New("nobody knows what the spooler calls it")
			}
			if err := withdraw(ctx, queue, document); err != nil {
				return "", err
			}
			return "the spooler's job was cancelled before it began", nil
		}
		if !p.alone(ctx, 2*time.Second) {
			return "", errors.New("the printer is at work")
		}
		defer p.line.Unlock()
		a, err := s.Ledger.Prepare(ctx)
		if err != nil {
			return "", err
		}
		if _, err := p.Probe(ctx, a.Mark); err != nil {
			return "", err
		}
		return "the printer answered a process ID behind it", nil
	}
	return "", errors.New("the printer is no longer in the settings")
}
