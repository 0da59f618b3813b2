package sheet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// Document is one label: one package of a waybill.
type Document struct {
	Waybill string `json:"waybill"`
	Package string `json:"package,omitempty"` // its code, where packages have one
	Index   int    `json:"index"`             // of Total, from 1
	Total   int    `json:"total"`
	Carrier string `json:"carrier"` // JD, or the provider's code
	Order   string `json:"order"`

	Sender   Party `json:"sender"`
	Receiver Party `json:"receiver"`
	// HideName and HidePhone hide the receiver's name and the middle of the
	// phone on paper.
	HideName  bool `json:"hide_name,omitempty"`
	HidePhone bool `json:"hide_phone,omitempty"`

	BigShot string `json:"big_shot,omitempty"` // 大头笔, of JD Express the sorting centre
	Sort    string `json:"sort,omitempty"`     // 三段码, of JD Express the crate
	Site    string `json:"site,omitempty"`
	Goods   string `json:"goods,omitempty"`
	Remark  string `json:"remark,omitempty"`
	Collect string `json:"collect,omitempty"` // yuan on delivery
}

// Party is a sender or receiver.
type Party struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
}

// Shown is the receiver as the label may show it.
func (d Document) Shown() Party {
	p := d.Receiver
	if name := []rune(p.Name); d.HideName && len(name) > 0 {
		p.Name = string(name[0]) + "**"
	}
	if d.HidePhone && len(p.Phone) >= 8 {
		p.Phone = p.Phone[:3] + "****" + p.Phone[7:]
	}
	return p
}

// Key seals and opens.
type Key [32]byte

// NewKey makes a key of a text: the same for the same text.
func NewKey(text string) Key { return sha256.Sum256([]byte("sheet " + text)) }

// magic stands before every sealed document.
const magic = "SIMPD1"

// ErrSealed reports print data that is not sealed with this key, or was
// tampered with.
var ErrSealed = errors.New("the print data cannot be opened")

// Seal returns the document as base64 text, different at every call.
func (k Key) Seal(d Document) (string, error) {
	plain, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("seal print data: %w", err)
	}
	box := k.box()
	nonce := make([]byte, box.NonceSize())
	// It never fails: where there is no randomness Go ends the program.
	_, _ = rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(box.Seal(append([]byte(magic), nonce...), nonce, plain, []byte(magic))), nil
}

// Open returns the document in a sealed text; ErrSealed if there is none.
func (k Key) Open(sealed string) (Document, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(sealed)
	box := k.box()
	head := len(magic) + box.NonceSize()
	if err != nil || len(b) < head || string(b[:len(magic)]) != magic {
		return Document{}, ErrSealed
	}
	plain, err := box.Open(nil, b[len(magic):head], b[head:], []byte(magic))
	if err != nil {
		return Document{}, ErrSealed
	}
	var d Document
	if err := json.Unmarshal(plain, &d); err != nil {
		return Document{}, ErrSealed
	}
	return d, nil
}

func (k Key) box() cipher.AEAD {
	block, err := aes.NewCipher(k[:])
	if err == nil {
		var box cipher.AEAD
		if box, err = cipher.NewGCM(block); err == nil {
			return box
		}
	}
	panic("sheet: " + err.Error()) // 32 bytes are always a key
}
