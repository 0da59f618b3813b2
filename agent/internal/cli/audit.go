package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"miandan/agent/internal/api"
	"miandan/agent/internal/audit"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

func (c *command) audit() *cobra.Command {
	var since, order string
	list := &cobra.Command{
		Use: "list", Short: "List what was done, by whom and why", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := sinceWhen(since, time.Now())
			if err != nil {
				return err
			}
			return c.listAudit(cmd.Context(), from, order)
		},
	}
	list.Flags().StringVar(&since, "since", "", "only from then on: 24h, 7d, 2026-11-25, 2026-11-25T09:00")
	list.Flags().StringVar(&order, "order", "", "only what concerns this order")
	return family(&cobra.Command{Use: "audit", Short: "The record of what was done"}, list,
		&cobra.Command{
			Use: "verify", Short: "Prove that no record was changed, moved or removed", Args: cobra.NoArgs,
			Long: "Prove that the record of what was done is as it was written: that nobody has changed, added, moved or\n" +
				"removed a record, also not the last ones. It may be asked while the agent runs.",
			RunE: func(cmd *cobra.Command, _ []string) error {
				report, err := c.verifyAudit(cmd.Context())
				if err != nil {
					return err
				}
				return c.tellAudit(report)
			},
		})
}

// sinceWhen reads a time that people write: how long ago, or a date.
func sinceWhen(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	var ago config.Duration
	if ago.UnmarshalText([]byte(s)) == nil && ago.Duration >= 0 {
		return now.Add(-ago.Duration), nil
	}
	for _, form := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usageError{fmt.Errorf("--since %s: write 24h, 7d, or a date like 2026-11-25", s)}
}

func (c *command) listAudit(ctx context.Context, since time.Time, order string) error {
	db, err := store.OpenRead(ctx, c.data)
	if err != nil {
		return readNotice(err, c.data)
	}
	defer db.Close()
	records, err := audit.List(db, since, order)
	if err != nil {
		return readNotice(store.Explain(err), c.data)
	}
	if c.json {
		if records == nil {
			records = []audit.Record{}
		}
		return c.printJSON(records)
	}
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RECORD\tTIME\tWHO\tWHAT\tORDER\tLABEL\tWHY")
	for _, r := range records {
		label := ""
		if r.Label != 0 {
			label = fmt.Sprint(r.Label)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Seq, r.At.Local().Format(time.DateTime), r.Who, r.What, r.Subject, label, r.Why)
	}
	return w.Flush()
}

// verifyAudit proves the record here, or has a service do so, whose key is its
// account's alone.
func (c *command) verifyAudit(ctx context.Context) (audit.Report, error) {
	if !host.IsServiceFolder(c.data) {
		return verifyAudit(ctx, c.data)
	}
	agent, err := c.agent()
	if err != nil {
		return audit.Report{}, err
	}
	report, err := agent.VerifyAudit(ctx)
	if errors.Is(err, api.ErrNoAgent) {
		err = notice.New("service-off", err)
	}
	return report, err
}

// verifyAudit reads the anchor and then the database, in this order: an agent
// at work goes on writing in between.
func verifyAudit(ctx context.Context, data string) (audit.Report, error) {
	if !store.Exists(data) {
		return audit.Report{}, notice.New("database-none", store.ErrNone, data)
	}
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return audit.Report{}, err
	}
	sealer, err := seal.Open(keys, data, true)
	if err != nil {
		return audit.Report{}, err
	}
	anchor, err := ledger.AuditAnchor(sealer)
	if err != nil {
		return audit.Report{}, err
	}
	db, err := store.OpenRead(ctx, data)
	if err != nil {
		return audit.Report{}, readNotice(err, data)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return audit.Report{}, readNotice(store.Explain(err), data)
	}
	defer tx.Rollback()
	report, err := audit.MAC(sealer.AuditMAC).Verify(tx, anchor)
	return report, readNotice(store.Explain(err), data)
}

func (c *command) tellAudit(r audit.Report) error {
	if c.json {
		if err := c.printJSON(r); err != nil {
			return err
		}
	}
	if len(r.Breaks) == 0 {
		if c.json {
			return nil
		}
		_, err := fmt.Fprintln(c.Out, auditSentence(r, c.language))
		return err
	}
	fmt.Fprintln(c.Err, auditSentence(r, c.language))
	if n := len(r.Breaks) - 1; n > 0 {
		fmt.Fprintln(c.Err, notice.Text(c.language, "audit-more", n))
	}
	return errSaid
}

// auditSentence is what there is to say of a chain: that it is whole, or the
// first place where it is not.
func auditSentence(r audit.Report, l notice.Language) string {
	since := r.Since.Local().Format(time.DateTime)
	switch {
	case len(r.Breaks) > 0:
		b := r.Breaks[0]
		return notice.Text(l, notice.Code(b.Fault), b.From, b.To)
	case r.Records == 0:
		return notice.Text(l, "audit-empty")
	}
	return notice.Text(l, "audit-whole", r.Records, since)
}

// readNotice says what is wrong with a database that was only to be looked into.
func readNotice(err error, data string) error {
	file := filepath.Join(data, store.FileName)
	switch {
	case errors.Is(err, store.ErrNone):
		return notice.New("database-none", err, data)
	case errors.Is(err, store.ErrOlder):
		return notice.New("database-older", err, file)
	case errors.Is(err, store.ErrNewer):
		return notice.New("database-newer", err, file)
	case errors.Is(err, store.ErrDamaged):
		return notice.New("database-damaged", err, file)
	}
	return err
}
