package app

import (
	"context"
	"database/sql"

	"miandan/agent/internal/api"
	"miandan/agent/internal/audit"
	"miandan/agent/internal/ledger"
)

var _ api.Auditor = (*station)(nil)

// VerifyAudit implements api.Auditor. The anchor is read before the records, which
// go on being written meanwhile.
func (s *station) VerifyAudit(ctx context.Context) (audit.Report, error) {
	anchor, err := ledger.AuditAnchor(s.seal)
	if err != nil {
		return audit.Report{}, err
	}
	tx, err := s.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return audit.Report{}, s.told(err)
	}
	defer tx.Rollback()
	r, err := audit.MAC(s.seal.AuditMAC).Verify(tx, anchor)
	return r, s.told(err)
}
