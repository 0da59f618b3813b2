package tde

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
)

// The notices of this package.
const (
	NoticeVoucher notice.Code = "jd-voucher"
	NoticeEnds    notice.Code = "jd-voucher-ends" // takes the last day on which orders can be decrypted
	NoticeKeys    notice.Code = "jd-tde-keys"     // takes JD's code
	NoticeNoKey   notice.Code = "jd-tde-no-key"
	NoticeDamaged notice.Code = "jd-tde-damaged"
)

// A voucher counts a little before it begins, for clocks that are behind, and
// JD's own SDK goes on with one for thirty days after it has ended.
const (
	voucherEarly = 10 * time.Minute
	voucherLate  = 30 * 24 * time.Hour
)

// KeyLife is how long keys are used before they are fetched again.
const KeyLife = 8 * time.Hour

// MissingFor is how long a key that JD did not give is not asked for again, nor any
// if the app has no right to them.
const MissingFor = 10 * time.Minute

const sdkVersion = 2

// Vault opens fields with a merchant's keys, which it fetches when they are
// first needed. Its methods may be called from several goroutines at once.
type Vault struct {
	Gateway *jos.Client
	// Issuer checks the signature of a voucher; nil trusts the gateway's TLS
	// for it. JD's certificate is part of its SDKs and not of this program.
	Issuer *rsa.PublicKey
	// Trouble is told, as a *notice.Error, that the voucher has ended and will
	// soon serve no more: each time that keys are fetched, so about every KeyLife.
	// It may be nil.
	Trouble func(error)
	Now     func() time.Time // nil is time.Now

	mu      sync.Mutex
	keys    Keys
	fetched time.Time
	missing map[KeyID]time.Time // when they were asked for and not given
	denied  error               // the app had no right to keys
	asked   time.Time           // when that was
}

// Decrypt opens a cipher text. Every error is a *notice.Error; it wraps
// ErrDamaged, ErrLarge, ErrNotCipher or a *NoKeyError if the text itself is to
// blame, so that trying again does not help.
func (v *Vault) Decrypt(ctx context.Context, s string) (string, error) {
	t, err := parse(s)
	if err != nil {
		return "", notice.New(NoticeDamaged, err)
	}
	keys, err := v.keysWith(ctx, t.id)
	if err != nil {
		return "", err
	}
	plain, err := keys.Decrypt(s)
	var noKey *NoKeyError
	switch {
	case errors.As(err, &noKey):
		return "", notice.New(NoticeNoKey, err)
	case err != nil:
		return "", notice.New(NoticeDamaged, err)
	}
	return plain, nil
}

// Permanent reports whether err is the cipher text's own fault.
func Permanent(err error) bool {
	var noKey *NoKeyError
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrLarge) || errors.Is(err, ErrNotCipher) || errors.As(err, &noKey)
}

// keysWith returns the keys, fetched anew if they are old or lack the one that
// is wanted: JD turns to a key's next version without telling. A key that is
// missing from the new ones too is not asked for again with each field.
func (v *Vault) keysWith(ctx context.Context, id KeyID) (Keys, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	since := func(t time.Time) time.Duration { return v.now().Sub(t).Abs() } // a clock may be set back
	_, have := v.keys[id]
	asked, missing := v.missing[id]
	if v.keys != nil && since(v.fetched) < KeyLife && (have || missing && since(asked) < MissingFor) {
		return v.keys, nil
	}
	if v.denied != nil && since(v.asked) < MissingFor {
		return nil, v.denied
	}
	keys, err := v.fetch(ctx)
	v.denied = nil
	if c := notice.CodeOf(err); c == jos.NoticePermission || c == jos.NoticeMethod {
		v.denied, v.asked = err, v.now()
	}
	if err != nil {
		return nil, err
	}
	v.keys, v.fetched = keys, v.now()
	maps.DeleteFunc(v.missing, func(_ KeyID, asked time.Time) bool { return since(asked) >= MissingFor })
	if _, ok := keys[id]; !ok {
		if v.missing == nil {
			v.missing = map[KeyID]time.Time{}
		}
		v.missing[id] = v.now()
	}
	return keys, nil
}

// voucher is the app's right to the merchant's keys.
type voucher struct {
	ID        string   `json:"id"`
	Key       hidden   `json:"key"`
	Effective jos.Text `json:"effective"` // milliseconds
	Expired   jos.Text `json:"expired"`
}

func (v *Vault) fetch(ctx context.Context) (Keys, error) {
	ticket, err := v.voucher(ctx)
	if err != nil {
		return nil, err
	}
	tokenKey, err := base64.StdEncoding.DecodeString(ticket.Key.text())
	if err != nil || len(tokenKey) == 0 || ticket.ID == "" {
		return nil, jos.Broken(methodVoucher, "the voucher has no key")
	}
	ts := v.now().UnixMilli()
	params := map[string]any{
		"sdk_ver": sdkVersion,
		"ts":      ts,
		"tid":     ticket.ID,
		"sig":     keySignature(tokenKey, ts, ticket.ID),
	}
	var answer struct {
		Response keyAnswer `json:"response"`
	}
	if err := v.Gateway.Read(ctx, methodKeys, params, &answer); err != nil {
		return nil, err
	}
	return answer.Response.keys()
}

const (
	methodVoucher = "jingdong.jos.voucher.info.get"
	methodKeys    = "jingdong.jos.master.key.get"
)

func (v *Vault) voucher(ctx context.Context) (voucher, error) {
	var answer struct {
		Response struct {
			Code    jos.Text `json:"errorCode"`
			Message string   `json:"errorMsg"`
			Data    struct {
				Voucher string `json:"voucher"`
			} `json:"data"`
		} `json:"response"`
	}
	token, err := v.Gateway.Access(ctx)
	if err != nil {
		return voucher{}, err
	}
	params := map[string]string{"access_token": token.Reveal()}
	if err := v.Gateway.Read(ctx, methodVoucher, params, &answer); err != nil {
		return voucher{}, err
	}
	r := answer.Response
	if r.Code != "" && r.Code != "0" {
		return voucher{}, notice.New(NoticeVoucher, fmt.Errorf("voucher: error %s: %s", outbound.Code(string(r.Code)), outbound.Words(r.Message)))
	}
	return v.open(r.Data.Voucher)
}

func (v *Vault) open(s string) (voucher, error) {
	var signed struct {
		Signature string          `json:"sig"`
		Data      json.RawMessage `json:"data"`
	}
	var ticket voucher
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(b, &signed) != nil || json.Unmarshal(signed.Data, &ticket) != nil {
		return voucher{}, jos.Broken(methodVoucher, "the voucher cannot be read")
	}
	if err := v.check(signed.Data, signed.Signature); err != nil {
		return voucher{}, notice.New(NoticeVoucher, err)
	}
	now := v.now()
	if from := millis(ticket.Effective); now.Before(from.Add(-voucherEarly)) {
		return voucher{}, notice.New(NoticeVoucher, errors.New("the voucher is not valid yet"))
	}
	until := millis(ticket.Expired)
	switch last := until.Add(voucherLate); {
	case until.IsZero() || !now.After(until):
	case now.After(last):
		return voucher{}, notice.New(NoticeVoucher, errors.New("the voucher has expired"))
	case v.Trouble != nil:
		v.Trouble(notice.New(NoticeEnds, errors.New("the voucher has expired"), last.In(jos.Beijing).Format(time.DateOnly)))
	}
	return ticket, nil
}

func (v *Vault) check(data json.RawMessage, signature string) error {
	if v.Issuer == nil {
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return errors.New("the voucher cannot be read")
	}
	sig, err := base64.StdEncoding.DecodeString(signature)
	sum := sha256.Sum256(compact.Bytes())
	if err != nil || rsa.VerifyPKCS1v15(v.Issuer, crypto.SHA256, sum[:], sig) != nil {
		return errors.New("the voucher's signature is not JD's")
	}
	return nil
}

// keyAnswer is what master.key.get gives. Its key_cache_disabled concerns
// copies on disk, which are never made here.
type keyAnswer struct {
	Status   jos.Text `json:"status_code"`
	Message  string   `json:"status_message"`
	Error    string   `json:"errorMsg"`
	Services []struct {
		Service string   `json:"service"`
		Grant   string   `json:"grant_usage"`
		Keys    []keyRow `json:"keys"`
	} `json:"service_key_list"`
}

type keyRow struct {
	ID      string   `json:"id"`
	Key     hidden   `json:"key_string"`
	Digest  string   `json:"key_digest"`
	Version jos.Text `json:"version"`
	Status  jos.Text `json:"key_status"`
}

const keyRevoked = "2"

// keys picks the keys that may decrypt. A suspended key still opens what it
// has closed; a revoked one must not be used.
func (a keyAnswer) keys() (Keys, error) {
	if a.Status != "" && a.Status != "0" {
		code := outbound.Code(string(a.Status))
		return nil, notice.New(NoticeKeys, fmt.Errorf("keys: error %s: %s", code, outbound.Words(a.Message+a.Error)), code)
	}
	keys := Keys{}
	for _, s := range a.Services {
		if !strings.Contains(s.Grant, "D") {
			continue
		}
		for _, row := range s.Keys {
			if row.Status == keyRevoked {
				continue
			}
			key, err := row.key()
			if err != nil {
				return nil, err
			}
			keys[row.id(s.Service)] = key
		}
	}
	return keys, nil
}

func (r keyRow) id(service string) KeyID {
	if b, err := base64.StdEncoding.DecodeString(r.ID); err == nil && len(b) == idBytes {
		return KeyID(b)
	}
	return idOf(service, r.Version.Int())
}

func idOf(service string, version int) KeyID {
	return md5.Sum([]byte(service + strconv.Itoa(version)))
}

func (r keyRow) key() (Key, error) {
	b, err := base64.StdEncoding.DecodeString(r.Key.text())
	key, ok := NewKey(b)
	if err != nil || !ok {
		return Key{}, jos.Broken(methodKeys, "a key is not 32 bytes long")
	}
	sum := sha256.Sum256(b)
	if r.Digest != "" && r.Digest != base64.StdEncoding.EncodeToString(sum[:]) {
		return Key{}, jos.Broken(methodKeys, "a key does not fit its digest")
	}
	return key, nil
}

// keySignature proves that the asker holds the voucher's key. The text that is
// signed has no spaces and this order of members.
func keySignature(tokenKey []byte, ts int64, tid string) string {
	id, _ := jos.Object(tid) // a string always encodes
	mac := hmac.New(sha256.New, tokenKey)
	fmt.Fprintf(mac, `{"sdk_ver":%d,"ts":%d,"tid":%s}`, sdkVersion, ts, id)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func millis(t jos.Text) time.Time {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

func (v *Vault) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}

// hidden is a key on its way out of an answer.
type hidden struct{ v *string }

func (h *hidden) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errors.New("a key is no text")
	}
	h.v = &s
	return nil
}

func (h hidden) text() string {
	if h.v == nil {
		return ""
	}
	return *h.v
}
