package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Printer is one device: its language, the way to it, and how long to be
// patient with it. One goroutine at a time uses it, but for Send: once that has
// called Attempt.Then another may begin the next job.
type Printer struct {
	Name      string
	Driver    Driver
	Transport Transport
	// Confirm says what proves a print. The zero value asks for process IDs
	// where the driver knows them; ConfirmNone is for printers that would print
	// the question as text.
	Confirm  Confirmation
	Timeouts Timeouts
	// Changed, if set, is told of each new condition that the printer reports
	// while Send is waiting for it. It is called on Send's goroutine.
	Changed func(Status)
	// OneByOne never lets a label follow one that is not yet known to be out, be its
	// proof as good as it may.
	OneByOne bool

	lead            lead
	answers, counts restraint // to questions about its condition and its odometer
}

// Confirmation is what is asked of a printer as proof.
type Confirmation string

const (
	ConfirmProcessID Confirmation = "process-id" // also the meaning of ""
	ConfirmNone      Confirmation = "none"
)

// Timeouts are a printer's limits. Zero stands for the default.
type Timeouts struct {
	Dial   time.Duration // connecting; 10 s
	Status time.Duration // the answer to a question about its condition; 1 s
	Write  time.Duration // taking no byte while no fault is known; 30 s
	// Confirm is how long the process ID may take after the last byte, or after
	// the last fault was over; 30 s. A label is out in two.
	Confirm time.Duration
	Mute    time.Duration // the same for a printer that gave no answer in Begin; 2 s
	// Fault is how long a printer that reports a fault is waited for: a roll has
	// to be fetched, and the label in its buffer will still come out; 30 min. A
	// spooler's job is followed as long.
	Fault time.Duration
	Poll  time.Duration // between two questions while waiting; 1 s
	Close time.Duration // letting the last bytes leave when nobody confirms them; 2 s
}

func (t Timeouts) withDefaults() Timeouts {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Dial, 10 * time.Second},
		{&t.Status, time.Second},
		{&t.Write, 30 * time.Second},
		{&t.Confirm, 30 * time.Second},
		{&t.Mute, 2 * time.Second},
		{&t.Fault, 30 * time.Minute},
		{&t.Poll, time.Second},
		{&t.Close, 2 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return t
}

// longAgo is a deadline that ends a read or write at once.
var longAgo = time.Unix(1, 0)

// Begin encodes the job, connects and asks the printer how it is. No print byte
// leaves. The caller writes the Baseline down and then calls Send or Abandon.
// A printer that reports a fault gives a *FaultError.
//
// After Attempt.Then the job follows the one ahead on the same connection.
func (p *Printer) Begin(ctx context.Context, j Job) (*Attempt, Baseline, error) {
	switch p.Confirm {
	case "", ConfirmProcessID:
	case ConfirmNone:
		j.Mark = Mark{}
	default:
		return nil, Baseline{}, fmt.Errorf("printer %s: unknown confirmation %q, want %q or %q", p.Name, p.Confirm, ConfirmProcessID, ConfirmNone)
	}
	var data bytes.Buffer
	if err := guard("the driver", func() error { return p.Driver.Encode(&data, j) }); err != nil {
		return nil, Baseline{}, fmt.Errorf("printer %s: %w", p.Name, &EncodeError{err})
	}
	if data.Len() == 0 {
		return nil, Baseline{}, fmt.Errorf("printer %s: %w", p.Name, &EncodeError{errors.New("the job is empty")})
	}
	sent, err := p.afterBreak(data.Bytes(), j)
	if err != nil {
		return nil, Baseline{}, fmt.Errorf("printer %s: %w", p.Name, &EncodeError{err})
	}
	a := &Attempt{printer: p, limits: p.Timeouts.withDefaults(), job: j, data: sent, over: make(chan struct{})}
	if ahead := p.lead.take(); ahead != nil {
		return p.behind(ahead, a)
	}
	conn, err := p.dial(ctx)
	if err != nil {
		return nil, Baseline{}, err
	}
	a.conn, a.link = conn, newLink(conn)
	base := Baseline{Printer: p.Name, Mark: j.Mark.String(), Bytes: len(sent)}
	status, err := p.ask(ctx, conn)
	switch {
	case errors.Is(err, ErrMute):
		if status, ails := p.sense(ctx, conn); ails {
			return nil, Baseline{}, errors.Join(&FaultError{status}, a.Abandon())
		}
	case err != nil:
		return nil, Baseline{}, errors.Join(err, a.Abandon())
	case !status.Ready():
		return nil, Baseline{}, errors.Join(&FaultError{status}, a.Abandon())
	default:
		a.alive = true
		base.Status = &status
	}
	if a.alive && j.Mark != (Mark{}) {
		if base.Odometer, err = p.odometer(ctx, conn); err != nil {
			return nil, Baseline{}, errors.Join(err, a.Abandon())
		}
	}
	a.odometer = base.Odometer
	return a, base, nil
}

// BrokeOff notes that a label may have broken off in the middle: the next job
// brings the printer out of it first. Send notes what it sees itself; this is for
// what an earlier run of the program has left.
func (p *Printer) BrokeOff() { p.lead.breaks() }

// afterBreak puts before a job what it needs after one that broke off.
func (p *Printer) afterBreak(data []byte, j Job) ([]byte, error) {
	driver, can := p.Driver.(Resyncer)
	if !can || !p.lead.isBroken() {
		return data, nil
	}
	var all bytes.Buffer
	if err := guard("the driver", func() error { return driver.EncodeResync(&all, j) }); err != nil {
		return nil, err
	}
	all.Write(data)
	return all.Bytes(), nil
}

// Status asks the printer how it is. ErrMute reports one that cannot be asked
// or does not answer.
func (p *Printer) Status(ctx context.Context) (Status, error) {
	conn, err := p.dial(ctx)
	if err != nil {
		return Status{}, err
	}
	status, err := p.ask(ctx, conn)
	if errors.Is(err, ErrMute) {
		if sensed, ails := p.sense(ctx, conn); ails {
			status, err = sensed, nil
		}
	}
	return status, errors.Join(err, hangUp(conn))
}

// Probe asks for a process ID without printing, to learn whether this printer
// gives any. ErrUnconfirmed and ErrMute report one that does not. A clone that
// does not know the question may print it: probe on request only. A printer with
// ConfirmNone would, and is not asked.
func (p *Printer) Probe(ctx context.Context, m Mark) (Evidence, error) {
	if p.Confirm == ConfirmNone {
		return Evidence{}, fmt.Errorf("printer %s: it would print the question: %w", p.Name, ErrMute)
	}
	prober, ok := p.Driver.(Prober)
	if !ok {
		return Evidence{}, fmt.Errorf("printer %s: its language has no process IDs", p.Name)
	}
	var data bytes.Buffer
	if err := prober.EncodeProbe(&data, m); err != nil {
		return Evidence{}, fmt.Errorf("printer %s: encode: %w", p.Name, err)
	}
	conn, err := p.dial(ctx)
	if err != nil {
		return Evidence{}, err
	}
	// The probe is judged by its answer alone, hence alive.
	a := &Attempt{
		printer: p, limits: p.Timeouts.withDefaults(), job: Job{Mark: m}, data: data.Bytes(),
		conn: conn, link: newLink(conn), alive: true, over: make(chan struct{}),
	}
	outcome, evidence, err := a.Send(ctx)
	if err == nil && outcome != Confirmed {
		err = ErrMute
	}
	return evidence, err
}

func (p *Printer) dial(ctx context.Context) (Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeouts.withDefaults().Dial)
	defer cancel()
	conn, err := p.Transport.Dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("printer %s: %w", p.Name, err)
	}
	return conn, nil
}

// ask reads the printer's status if driver and connection allow it.
func (p *Printer) ask(ctx context.Context, conn Conn) (Status, error) {
	status, err := p.readStatus(ctx, conn)
	if err != nil {
		return Status{}, fmt.Errorf("printer %s: read status: %w", p.Name, err)
	}
	return status, nil
}

func (p *Printer) readStatus(ctx context.Context, conn Conn) (Status, error) {
	if r, ok := conn.(Reporter); ok {
		ctx, cancel := context.WithTimeout(ctx, p.Timeouts.withDefaults().Dial)
		defer cancel()
		return r.Status(ctx)
	}
	driver, knows := p.Driver.(StatusReader)
	line, reads := conn.(ReadConn)
	if !knows || !reads || !p.answers.over(time.Now()) {
		return Status{}, ErrMute
	}
	var status Status
	err := p.question(ctx, line, func() (err error) { status, err = driver.ReadStatus(ctx, line); return err })
	switch {
	case err == nil:
		p.answers.answered()
	case errors.Is(err, ErrMute):
		p.answers.unanswered(time.Now())
	}
	return status, err
}

// Sensor is a Conn that senses a little of how its printer is beside the printer's
// language, as USB's port status does. It is asked when the language is mute.
type Sensor interface {
	Sense(ctx context.Context) (Status, error)
}

// sense reports a fault that the connection senses. That nothing ails the printer
// is no word of it, for most ports say so whatever happens. A printer whose driver
// asks nothing is not asked this way either.
func (p *Printer) sense(ctx context.Context, conn Conn) (Status, bool) {
	sensor, senses := conn.(Sensor)
	if _, asks := p.Driver.(StatusReader); !senses || !asks {
		return Status{}, false
	}
	status, err := sensor.Sense(ctx)
	return status, err == nil && !status.Ready()
}

// question asks one thing of a printer, within Timeouts.Status.
func (p *Printer) question(ctx context.Context, conn Conn, ask func() error) error {
	if err := conn.SetDeadline(time.Now().Add(p.Timeouts.withDefaults().Status)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(longAgo) })
	err := guard("the driver", ask)
	// A deadline set by a cancel that came too late would end Send's first write.
	if !stop() {
		err = context.Cause(ctx)
	}
	return err
}

// hangUp closes a connection on which nothing is left to wait for.
func hangUp(conn Conn) error {
	conn.SetDeadline(longAgo)
	return conn.Close()
}
