package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	wujie "miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/jos/oauth"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/agent/internal/store"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// dayAgent is the station between a start and its end. It has no printers.
type dayAgent struct {
	t       *testing.T
	day     *day
	db      *store.DB
	ledger  *ledger.Ledger
	issuers map[string]carrier.Issuer
	end     context.CancelFunc
	ended   chan struct{}
}

// start starts the station as app.Open does, over what the last one has left.
func (d *day) start() *dayAgent {
	t := d.t
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a := &dayAgent{t: t, day: d, ended: make(chan struct{})}
	keys, err := seal.OpenKeystore(d.folder)
	must(err)
	sealer, err := seal.Open(keys, d.folder, store.Exists(d.folder))
	must(err)
	a.db, err = store.Open(t.Context(), d.folder)
	must(err)
	a.ledger = ledger.New(a.db, sealer, a.now)
	_, err = a.ledger.Recover(t.Context())
	must(err)
	client := d.client(keys, a.now)
	source := &jd.Source{
		Client: client, Vault: &tde.Vault{Gateway: client}, PageSize: max(5, len(d.script.orders)/400), LookBack: 6 * time.Hour, Now: a.now,
		RegularPlans: true, VenderID: jdsim.DefaultVendorID,
		Kept: func(ctx context.Context, k order.Key) (order.Order, error) {
			o, _, err := a.ledger.Order(ctx, k)
			return o, err
		},
	}
	a.issuers = dayIssuers(client, a.now)
	s := &dispatch.Station{
		Ledger: a.ledger, Templates: d.templates, Log: slog.New(slog.DiscardHandler), Clock: a.now, Say: func(*notice.Error) {},
		Sources: map[string]platform.Source{jd.Name: source}, Issuers: a.issuers,
		Rules: dispatch.Rules{
			Route: dayRoute, Serve: inBoxes, Template: func(string) string { return d.layout }, Auto: true, Fresh: time.Minute,
			PollEvery: 3*time.Millisecond + time.Duration(len(d.script.orders))*2*time.Microsecond, Shipped: "never",
			Retention: ledger.Retention{Ended: 10 * 24 * time.Hour, Unknown: 10 * 24 * time.Hour},
		},
	}
	ctx, end := context.WithCancel(context.Background())
	a.end = end
	go func() {
		defer close(a.ended)
		s.Run(ctx)
	}()
	return a
}

// client is the merchant's client, with a token that is renewed when it ends.
func (d *day) client(keys seal.Keystore, now func() time.Time) *jos.Client {
	return &jos.Client{
		Gateway: d.world.server.URL + jdsim.Path, AppKey: jdsim.DefaultAppKey, AppSecret: secret.New(jdsim.DefaultAppSecret),
		Tokens: &oauth.Source{
			Platform: oauth.JOS{App: oauth.App{Base: d.world.oauth.URL, Key: jdsim.DefaultAppKey, Secret: secret.New(jdsim.DefaultAppSecret), Now: now}},
			Store:    dayTokens{keys}, Name: "JD", Now: now,
		},
		HTTP: &outbound.Client{Timeout: 5 * time.Second}, Now: now, Backoff: 100 * time.Microsecond,
	}
}

// dayTokens keeps the authorisation in the key store. The first one says
// nothing of its end, as one that was typed into the settings.
type dayTokens struct{ keys seal.Keystore }

func (s dayTokens) Load(context.Context) (oauth.Token, error) {
	kept, err := seal.Secret(s.keys, secret.JDAccessToken)
	if err != nil || kept.Empty() {
		return oauth.Token{Access: secret.New(jdsim.DefaultAccessToken), Refresh: secret.New(jdsim.DefaultRefreshToken)}, nil
	}
	return oauth.Unpack(kept)
}

func (s dayTokens) Save(_ context.Context, t oauth.Token) error {
	return seal.SetSecret(s.keys, secret.JDAccessToken, t.Pack())
}

// inBoxes reads the seller's note for how many boxes an order goes out in, which
// JD's orders have no field for.
func inBoxes(o order.Order) order.Order {
	if n, err := fmt.Sscanf(o.Note, "分%d箱", &o.Parcels); n != 1 || err != nil {
		o.Parcels = 0
	}
	return o
}

// dayRoute sends what must go with JD Express there, and the rest out among
// the others.
func dayRoute(o order.Order) (string, bool) {
	if o.Shipment == "jd-express" {
		return "jd-express", true
	}
	return []string{"wujie/ZTO", "wujie/YTO", "wujie/STO"}[o.ID[len(o.ID)-1]%3], true
}

// dayIssuers are the four accounts: of ZTO and JD Express it is known that the
// same order gets the same number again, YTO gives another one, and of STO
// nobody knows that it would be the same.
func dayIssuers(client *jos.Client, now func() time.Time) map[string]carrier.Issuer {
	sender := waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
		Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")}
	issuers := map[string]carrier.Issuer{"jd-express": &jdl.Issuer{
		Client: client, CustomerCode: jdsim.DefaultCustomerCode, Shop: jdsim.DefaultVendorName, SalePlatform: "0010001", PromiseTime: 1,
		Weight: 1, Sender: sender, SameNumberAgain: true, Now: now,
	}}
	for _, c := range jdsim.DefaultContracts() {
		issuers[issuerOf(c.ProviderCode)] = &wujie.Issuer{
			Client: client, ProviderCode: c.ProviderCode, ProviderName: c.ProviderName, ProviderID: c.ProviderID,
			BranchCode: c.BranchCode, SettlementCode: c.SettlementCode, VendorCode: jdsim.DefaultVendorID, VendorName: jdsim.DefaultVendorName,
			SalePlatform: "0010001", Weight: 1, Sender: sender, SenderRegions: order.RegionIDs{Province: 2, City: 2817, District: 51973},
			SameNumberAgain: c.ProviderCode == "ZTO", Now: now,
		}
	}
	return issuers
}

// now is what the station's clock says.
func (a *dayAgent) now() time.Time { return a.day.clock.Now().Add(a.offset()) }

func (a *dayAgent) offset() time.Duration { return time.Duration(a.day.world.skew.Load()) }

// stop ends the station as a person does.
func (a *dayAgent) stop() {
	a.t.Helper()
	a.end()
	select {
	case <-a.ended:
	case <-time.After(time.Minute):
		a.t.Fatal("the station does not end")
	}
	if err := a.db.Close(); err != nil {
		a.t.Fatal(err)
	}
}

// kill ends the station as a loss of power does: between two commits nothing
// more reaches the disk, and what is on its way to the carrier has nobody any
// more to come back to.
func (a *dayAgent) kill() {
	a.t.Helper()
	conn, err := a.db.Write.Conn(context.Background()) // no transaction is under way now
	if err != nil {
		a.t.Fatal(err)
	}
	err = a.db.Close()
	a.end()
	if err := errors.Join(err, conn.Close()); err != nil {
		a.t.Fatal(err)
	}
}

// read returns how far the platform has been read, by the station's clock.
func (a *dayAgent) read() time.Time {
	c, err := a.ledger.Cursor(context.Background(), jd.Name)
	if err != nil || len(c) < len("2006-01-02T15:04:05Z") {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, string(c)[:len("2006-01-02T15:04:05Z")])
	if err != nil {
		a.t.Fatalf("cursor %q: %v", c, err)
	}
	return at
}

// due counts the orders whose number is due or is being taken.
func (a *dayAgent) due() int {
	var n int
	if err := a.db.Read.QueryRow(`SELECT count(*) FROM orders WHERE state IN ('accepted', 'issuing') AND next_try <= ?`, a.now().UnixMilli()).Scan(&n); err != nil {
		a.t.Fatal(err)
	}
	return n
}

// asking reports whether a carrier is being asked for a number.
func (a *dayAgent) asking() bool {
	var yes bool
	err := a.db.Read.QueryRow(`SELECT EXISTS (SELECT 1 FROM orders WHERE state = 'issuing')`).Scan(&yes)
	return err == nil && yes
}

func (a *dayAgent) state(id string) ledger.OrderState {
	var s ledger.OrderState
	// An order that has not been accepted has no state.
	_ = a.db.Read.QueryRow(`SELECT state FROM orders WHERE source = 'jd' AND platform_id = ?`, id).Scan(&s)
	return s
}

// finds reports whether the station asks a carrier again by itself.
func (a *dayAgent) finds(issuer string) bool {
	f, ok := a.issuers[issuer].(carrier.Finder)
	return ok && f.CanFind()
}

// dayRow is an order as the ledger has it.
type dayRow struct {
	id                     string
	state                  ledger.OrderState
	issuer, waybill, alarm string
	labels, cancelling     int // labels of the waybill; numbers that are yet to be given back
}

func (a *dayAgent) rows(where string) []dayRow {
	a.t.Helper()
	found, err := a.db.Read.Query(`SELECT platform_id, state, issuer, waybill, alarm,
		(SELECT count(*) FROM labels b WHERE b.order_id = orders.id AND b.waybill = orders.waybill AND b.state = 'queued'),
		(SELECT count(*) FROM outbox x WHERE x.order_id = orders.id AND x.done_at = 0)
		FROM orders WHERE ` + where)
	if err != nil {
		a.t.Fatal(err)
	}
	defer found.Close()
	var rows []dayRow
	for found.Next() {
		var r dayRow
		if err := found.Scan(&r.id, &r.state, &r.issuer, &r.waybill, &r.alarm, &r.labels, &r.cancelling); err != nil {
			a.t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		a.t.Fatal(err)
	}
	return rows
}

// labels returns the numbers that stand on the labels in the queue, by order.
func (a *dayAgent) labels() map[string][]string {
	a.t.Helper()
	rows, err := a.db.Read.Query(`SELECT id, parcel FROM labels WHERE state = 'queued'`)
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var id int64
		var parcel int
		if err := rows.Scan(&id, &parcel); err != nil {
			a.t.Fatal(err)
		}
		l, err := a.ledger.Label(context.Background(), id)
		if err != nil {
			a.t.Fatal(err)
		}
		n := l.Waybill.Number
		if own := l.Waybill.Parcels[parcel].Number; own != "" {
			n = own
		}
		all[l.Order.ID] = append(all[l.Order.ID], string(n))
	}
	if err := rows.Err(); err != nil {
		a.t.Fatal(err)
	}
	return all
}
