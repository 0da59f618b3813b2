package jdsim

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// tde seals fields of orders the way JD calls weak, which orders use.
type tde struct {
	service string
	key     [32]byte
}

// keyVersion is the only version of the only key.
const keyVersion = 0

// id names the key inside cipher texts.
func (t tde) id() []byte {
	sum := md5.Sum(fmt.Appendf(nil, "%s%d", t.service, keyVersion))
	return sum[:]
}

// seal encrypts a field with a fresh vector: at every fetch it looks different.
// An empty field stays empty.
func (t tde) seal(plain string) string {
	iv := make([]byte, aes.BlockSize)
	// It never fails: where there is no randomness Go ends the program.
	_, _ = rand.Read(iv)
	return t.sealWith(plain, iv)
}

func (t tde) sealWith(plain string, iv []byte) string {
	if plain == "" {
		return ""
	}
	block, err := aes.NewCipher(t.key[:16])
	if err != nil {
		panic("jdsim: " + err.Error()) // 16 bytes are always a key
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	padded := append([]byte(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(padded, padded)
	return base64.StdEncoding.EncodeToString(bytes.Join([][]byte{{0, 4}, t.id(), iv, padded}, nil))
}

// sealed reports whether a client passed a sealed field on as if it were text.
func sealed(s string) bool {
	b, err := base64.StdEncoding.DecodeString(s)
	return err == nil && len(b) > 2+md5.Size+aes.BlockSize && b[0] <= 2
}

// newVoucherKey makes the key that signs vouchers. JD's is its own secret and
// only its certificate is public, so the simulated one is new each time.
func newVoucherKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// VoucherKey returns the public key that vouchers are signed with.
func (g *Gateway) VoucherKey() (*rsa.PublicKey, error) {
	k, err := g.voucher()
	if err != nil {
		return nil, fmt.Errorf("make the voucher's key: %w", err)
	}
	return &k.PublicKey, nil
}

// giveVoucher is jingdong.jos.voucher.info.get.
func (g *Gateway) giveVoucher(c *call) (object, error) {
	if token := text(c.args, "access_token"); token != "" && token != g.josAuth.access {
		return g.no(c, "19", "access_token 不一致"), nil
	}
	key, err := g.voucher()
	if err != nil {
		return nil, err
	}
	day := c.now.Truncate(24 * time.Hour)
	// The signature covers these very bytes.
	data, err := json.Marshal(struct {
		Act       string `json:"act"`
		Effective int64  `json:"effective"`
		Expired   int64  `json:"expired"`
		ID        string `json:"id"`
		Key       []byte `json:"key"`
		Service   string `json:"service"`
		SType     int    `json:"stype"`
	}{"create", day.AddDate(0, 0, -1).UnixMilli(), day.AddDate(1, 0, 0).UnixMilli(),
		g.config.VoucherID, g.config.VoucherKey, g.config.TDEService, 0})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		return nil, err
	}
	voucher := encode(object{"sig": sig, "data": json.RawMessage(data), "externalData": object{"zone": "CN-0"}})
	return object{"response": object{
		"errorCode": "0", "errorMsg": "", "data": object{"voucher": base64.StdEncoding.EncodeToString(voucher)},
	}}, nil
}

func refuseVoucher(_ Dialect, code, message string) object {
	return object{"response": object{"errorCode": code, "errorMsg": message}}
}

// giveKeys is jingdong.jos.master.key.get.
func (g *Gateway) giveKeys(c *call) (object, error) {
	version, ok1 := whole(c.args, "sdk_ver")
	ts, ok2 := whole(c.args, "ts")
	tid := text(c.args, "tid")
	switch {
	case !ok1 || !ok2:
		return g.no(c, "305", "sdk_ver、ts 必须为整数"), nil
	case tid != g.config.VoucherID:
		return g.no(c, "101", "未找到密钥"), nil
	case text(c.args, "sig") != g.keySignature(version, ts, tid):
		return g.no(c, "305", "签名校验失败"), nil
	}
	digest := sha256.Sum256(g.config.TDEKey[:])
	day := c.now.Truncate(24 * time.Hour)
	return object{"response": object{
		"status_code": 0, "status_message": "Success.", "tid": tid, "ts": c.now.UnixMilli(),
		"enc_service": g.config.TDEService, "key_cache_disabled": 0, "key_backup_disabled": 0,
		"service_key_list": []any{object{
			"service": g.config.TDEService, "current_key_version": keyVersion, "grant_usage": "ED",
			"keys": []any{object{
				"id": g.tde.id(), "key_string": g.config.TDEKey[:], "key_digest": digest[:], "key_type": "0",
				"key_effective": day.AddDate(-1, 0, 0).UnixMilli(), "key_exp": day.AddDate(1, 0, 0).UnixMilli(),
				"version": keyVersion, "key_status": 0,
			}},
		}},
	}}, nil
}

// keySignature is what the sig of a request for keys must be.
func (g *Gateway) keySignature(version, ts int, tid string) string {
	id := encode(object{"tid": tid})
	h := hmac.New(sha256.New, g.config.VoucherKey)
	fmt.Fprintf(h, `{"sdk_ver":%d,"ts":%d,%s`, version, ts, id[1:])
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func refuseKeys(_ Dialect, code, message string) object {
	return object{"response": object{"status_code": numeric(code), "status_message": message, "errorMsg": message}}
}
