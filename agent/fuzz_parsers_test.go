package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// parsers are all places where bytes from outside become values, each with the
// target that fuzzes it. A target is FOLDER.FuzzNAME; files are those whose
// bytes it reads.
var parsers = []struct {
	target string
	reads  string
	files  []string
}{
	{"agent/internal/jos.FuzzOpen", "the envelope of JD's open platform", []string{"agent/internal/jos/answer.go", "agent/internal/jos/jos.go"}},
	{"agent/internal/jos/oauth.FuzzToken", "tokens from both platforms", []string{"agent/internal/jos/oauth/platform.go"}},
	{"agent/internal/jos/oauth.FuzzUnpack", "tokens that people typed in", []string{"agent/internal/jos/oauth/oauth.go"}},
	{"agent/internal/jos/tde.FuzzDecrypt", "JD's cipher texts", []string{"agent/internal/jos/tde/tde.go"}},
	{"agent/internal/jos/tde.FuzzVault", "JD's vouchers and keys", []string{"agent/internal/jos/tde/vault.go"}},
	{"agent/internal/lop.FuzzCall", "the envelope of JD Logistics' platform", []string{"agent/internal/lop/lop.go"}},
	{"agent/internal/platform/jd.FuzzOrders", "orders and their marks", []string{"agent/internal/platform/jd/order.go", "agent/internal/platform/jd/marks.go", "agent/internal/platform/jd/jd.go"}},
	{"agent/internal/platform/jd.FuzzReceivers", "receivers that JD opens", []string{"agent/internal/platform/jd/oaid.go"}},
	{"agent/internal/platform/jd.FuzzWaiting", "other orders of a receiver", []string{"agent/internal/platform/jd/waiting.go"}},
	{"agent/internal/platform/jd.FuzzPlans", "regular purchases", []string{"agent/internal/platform/jd/plan.go"}},
	{"agent/internal/carrier/jd.FuzzNumbers", "numbers of the Wujie e-waybill", []string{"agent/internal/carrier/jd/append.go", "agent/internal/carrier/jd/jd.go", "agent/internal/carrier/jd/ewaybill.go"}},
	{"agent/internal/carrier/jd.FuzzFacts", "routing, contracts and stocks of Wujie", []string{"agent/internal/carrier/jd/routing.go", "agent/internal/carrier/jd/contract.go"}},
	{"agent/internal/carrier/jdl.FuzzOpenPlatform", "JD Express by JD's open platform", []string{"agent/internal/carrier/jdl/jdl.go", "agent/internal/carrier/jdl/routing.go"}},
	{"agent/internal/carrier/jdl.FuzzECAP", "JD Express by JD Logistics' platform", []string{"agent/internal/carrier/jdl/ecap.go", "agent/internal/carrier/jdl/ecapanswer.go"}},
	{"agent/internal/carrier/sf.FuzzAnswers", "numbers, labels and logins by SF's platform", []string{"agent/internal/carrier/sf/call.go", "agent/internal/carrier/sf/sf.go"}},
	{"agent/internal/carrier/kuaidi100.FuzzAnswer", "numbers and labels by Kuaidi100", []string{"agent/internal/carrier/kuaidi100/answer.go", "agent/internal/carrier/kuaidi100/label.go", "agent/internal/carrier/gateway/gateway.go"}},
	{"agent/internal/carrier/zto.FuzzAnswer", "numbers by ZTO's platform", []string{"agent/internal/carrier/zto/zto.go", "agent/internal/carrier/zto/sign.go", "agent/internal/carrier/zto/find.go"}},
	{"agent/internal/carrier/yto.FuzzAnswer", "numbers and labels by YTO's platform", []string{"agent/internal/carrier/yto/yto.go", "agent/internal/carrier/yto/call.go", "agent/internal/carrier/yto/order.go"}},
	{"agent/internal/carrier/jtexpress.FuzzAnswer", "J&T Express", []string{"agent/internal/carrier/jtexpress/call.go", "agent/internal/carrier/jtexpress/jtexpress.go", "agent/internal/carrier/jtexpress/find.go", "agent/internal/carrier/jtexpress/document.go"}},
	{"agent/internal/carrier/deppon.FuzzAnswer", "Deppon Express", []string{"agent/internal/carrier/deppon/call.go", "agent/internal/carrier/deppon/find.go", "agent/internal/carrier/deppon/document.go"}},
	{"agent/internal/carrier/sto.FuzzAnswer", "numbers by STO's platform", []string{"agent/internal/carrier/sto/link.go"}},
	{"agent/internal/carrier/yunda.FuzzAnswer", "numbers and label data by Yunda's platform", []string{"agent/internal/carrier/yunda/sheet.go", "agent/internal/carrier/yunda/call.go", "agent/internal/carrier/yunda/find.go"}},
	{"agent/internal/carrier/component.FuzzVerdict", "replies of the print component", []string{"agent/internal/carrier/component/protocol.go"}},
	{"agent/internal/carrier/component/line.FuzzLine", "WebSocket frames of a print component", []string{"agent/internal/carrier/component/line/line.go", "agent/internal/carrier/component/line/dial.go"}},
	{"agent/internal/carrier/component/line.FuzzAddress", "addresses of any print component", []string{"agent/internal/carrier/component/line/address.go"}},
	{"agent/internal/carrier/component/cainiao.FuzzWord", "what other vendors' components say of a task", []string{"agent/internal/carrier/component/cainiao/word.go", "agent/internal/carrier/component/cainiao/states.go"}},
	{"agent/internal/carrier/component/cainiao.FuzzPrinters", "their lists of printers", []string{"agent/internal/carrier/component/cainiao/transport.go"}},
	{"agent/internal/carrier/component/cainiao.FuzzDocument", "documents that other platforms sealed", []string{"agent/internal/carrier/component/cainiao/document.go"}},
	{"agent/internal/compat/lpml.FuzzTemplate", "templates and data that pages bring, in Cainiao's print language", []string{"agent/internal/compat/lpml/lpml.go", "agent/internal/compat/lpml/data.go", "agent/internal/compat/lpml/draw.go", "agent/internal/compat/lpml/image.go"}},
	{"agent/internal/compat/cainiao.FuzzEnvelope", "what pages say that take us for Cainiao's component", []string{"agent/internal/compat/cainiao/envelope.go", "agent/internal/compat/cainiao/print.go", "agent/internal/compat/cainiao/printers.go", "agent/internal/compat/compat.go", "agent/internal/compat/templates.go"}},
	{"agent/internal/compat/jd.FuzzEnvelope", "what pages say that take us for JD's component, and its templates", []string{"agent/internal/compat/jd/envelope.go", "agent/internal/compat/jd/print.go", "agent/internal/compat/lpml/jd.go"}},
	{"agent/internal/carrier/component.FuzzDocument", "sealed documents", []string{"agent/internal/carrier/component/document.go"}},
	{"agent/internal/carrier/component.FuzzAddress", "addresses of the print component", []string{"agent/internal/carrier/component/component.go"}},
	{"agent/internal/cloudprint.FuzzPulled", "sealed print data", []string{"agent/internal/cloudprint/pull.go"}},
	{"agent/internal/cloudprint.FuzzRendered", "answers of JD's renderer", []string{"agent/internal/cloudprint/render.go"}},
	{"agent/internal/cloudprint.FuzzFetch", "where rendered files lie, redirects", []string{"agent/internal/cloudprint/files.go"}},
	{"agent/internal/cloudprint.FuzzOffered", "templates that JD offers", []string{"agent/internal/cloudprint/offered.go"}},
	{"agent/internal/cloudprint.FuzzDots", "rendered pictures", []string{"agent/internal/cloudprint/dots.go"}},
	{"agent/internal/update/manifest.FuzzOpen", "lists of updates", []string{"agent/internal/update/manifest/manifest.go"}},
	{"agent/internal/order/pick.FuzzPlaces", "where goods lie, as people wrote it", []string{"agent/internal/order/pick/places.go"}},
	{"agent/internal/outbound.FuzzAnswer", "HTTP of whoever answers", []string{"agent/internal/outbound/outbound.go"}},
	{"agent/internal/outbound.FuzzWords", "words and codes of the other side", []string{"agent/internal/outbound/words.go"}},
	{"agent/internal/api.FuzzDocument", "sealed labels that programs hand in", []string{"agent/internal/api/documents.go"}},
	{"agent/internal/api.FuzzJob", "labels that web pages hand in", []string{"agent/internal/api/jobread.go", "agent/internal/api/jobs.go"}},
	{"agent/internal/pairing.FuzzOrigin", "where a page says that it comes from", []string{"agent/internal/pairing/origin.go"}},
	{"agent/internal/pairing.FuzzPolicy", "the administrator's policy", []string{"agent/internal/pairing/policy.go"}},
	{"agent/internal/api.FuzzRequest", "requests to the local interface", []string{"agent/internal/api/gates.go", "agent/internal/api/routes.go", "agent/internal/api/openapi.go", "agent/internal/api/disclose.go", "agent/internal/api/orders.go", "agent/internal/api/layouts.go"}},
	{"agent/internal/api.FuzzClient", "the agent's answers, as the command line reads them", []string{"agent/internal/api/client.go", "agent/internal/api/types.go"}},
	{"agent/internal/preview.FuzzRequest", "requests to the preview of layouts", []string{"agent/internal/preview/serve.go"}},
	{"agent/internal/spreadsheet.FuzzTable", "what buyers call themselves, in a table", []string{"agent/internal/spreadsheet/csv.go", "agent/internal/spreadsheet/xlsx.go"}},
	{"agent/internal/cli.FuzzReading", "what people read off a ruler", []string{"agent/internal/cli/calibrate.go"}},
	{"agent/internal/config.FuzzSetValue", "the settings file and a value, to be changed", []string{"agent/internal/config/setvalue.go"}},
	{"agent/internal/config.FuzzSetOffsets", "the settings file, to be changed", []string{"agent/internal/config/edit.go"}},
	{"agent/internal/config.FuzzParse", "the settings file", []string{"agent/internal/config/load.go", "agent/internal/config/check_device.go", "agent/internal/config/model.go"}},
	{"agent/internal/app.FuzzVoucherKey", "certificates", []string{"agent/internal/app/accounts.go"}},
	{"agent/internal/app.FuzzTyped", "what a scanner reads and people type", []string{"agent/internal/app/station.go"}},
	{"agent/internal/seal.FuzzFolder", "key files and the key's proof", []string{"agent/internal/seal/proof.go", "agent/internal/seal/folder.go"}},
	{"agent/internal/seal.FuzzOpen", "sealed bytes", []string{"agent/internal/seal/key.go"}},
	{"agent/internal/fleet.FuzzCode", "a code with which a station joins, as somebody types it", []string{"agent/internal/fleet/member.go"}},
	{"templates/fonts/columns.FuzzJoin", "fonts in columns", []string{"templates/fonts/columns/columns.go"}},
	{"agent/internal/order/place.FuzzSplit", "addresses that were written in one line", []string{"agent/internal/order/place/split.go"}},
	{"agent/internal/order/place.FuzzCheck", "addresses and telephone numbers as people write them", []string{"agent/internal/order/place/place.go", "agent/internal/order/place/phone.go"}},
	{"agent/internal/platform/folder.FuzzCSV", "tables of orders as text", []string{"agent/internal/platform/folder/csv.go", "agent/internal/platform/folder/wrong.go"}},
	{"agent/internal/platform/folder.FuzzSheet", "sheets of orders in sound workbooks", []string{"agent/internal/platform/folder/xlsxrows.go"}},
	{"agent/internal/platform/folder.FuzzXLSX", "workbooks of orders", []string{"agent/internal/platform/folder/xlsx.go"}},
	{"agent/internal/platform/folder.FuzzMapping", "how files of orders are to be read", []string{"agent/internal/platform/folder/mapping.go"}},
	{"agent/internal/platform/localapi.FuzzRead", "orders that programs hand in", []string{"agent/internal/platform/localapi/read.go", "agent/internal/platform/localapi/fields.go"}},
	{"agent/internal/privacy.FuzzParse", "virtual numbers", []string{"agent/internal/privacy/virtual.go"}},
	{"agent/internal/logging.FuzzMaskPhones", "whatever is logged", []string{"agent/internal/logging/phones.go"}},
	{"printer/escpos.FuzzBackChannel", "what ESC/POS printers say", []string{"printer/escpos/backchannel.go"}},
	{"printer/tspl.FuzzBackChannel", "what TSPL printers say", []string{"printer/tspl/backchannel.go"}},
	{"printer/zpl.FuzzBackChannel", "what ZPL printers say", []string{"printer/zpl/backchannel.go", "printer/zpl/hoststatus.go", "printer/zpl/status.go"}},
	{"printer/cpcl.FuzzBackChannel", "what CPCL printers say", []string{"printer/cpcl/status.go"}},
	{"printer/spool.FuzzReply", "IPP of a print server", []string{"printer/spool/ipp.go", "printer/spool/list.go"}},
	{"printer/model.FuzzParse", "model files", []string{"printer/model/read.go"}},
	{"printer/model.FuzzParseID", "what printers call themselves", []string{"printer/model/match.go"}},
	{"printer/discover.FuzzAnnouncement", "what devices on the network announce", []string{"printer/discover/dns.go", "printer/discover/mdns.go", "printer/discover/discover.go"}},
	{"printer/discover.FuzzAnswer", "what a ZPL printer says that it is", []string{"printer/discover/ask.go"}},
	{"printer/discover.FuzzQueue", "where print queues send to", []string{"printer/discover/queues.go", "printer/discover/snippet.go"}},
	{"printer/usb.FuzzID", "IEEE-1284 IDs of printers on USB", []string{"printer/usb/id.go", "printer/usb/device.go"}},
	{"printer/transport.FuzzOpen", "addresses of printers", []string{"printer/transport/transport.go", "printer/tcp/tcp.go", "printer/file/file.go", "printer/spool/spool.go", "printer/usb/usb.go", "printer/serial/serial.go"}},
	{"printer/bitmap.FuzzDecodePNG", "pictures as dots", []string{"printer/bitmap/png.go"}},
	{"printer/tspl.FuzzEncode", "any dots, for TSPL", []string{"printer/tspl/page.go"}},
	{"printer/zpl.FuzzEncode", "any dots, for ZPL", []string{"printer/zpl/zpl.go"}},
	{"printer/cpcl.FuzzEncode", "any dots, for CPCL", []string{"printer/cpcl/cpcl.go"}},
	{"printer/printertest.FuzzDots", "any dots, in every language and back", []string{"printer/printertest"}},
	{"printer/virtual.FuzzESCPOS", "ESC/POS, by the virtual printer", []string{"printer/virtual/escpos.go"}},
	{"printer/virtual.FuzzTSPL", "TSPL, by the virtual printer", []string{"printer/virtual/tspl_data.go"}},
	{"printer/virtual.FuzzZPL", "ZPL, by the virtual printer", []string{"printer/virtual/zpl_graphic.go"}},
	{"printer/virtual.FuzzCPCL", "CPCL, by the virtual printer", []string{"printer/virtual/cpcl_graphic.go"}},
	{"templates.FuzzParse", "layouts", []string{"templates/read.go"}},
	{"templates.FuzzFolder", "layouts with their blocks and pictures", []string{"templates/shelf.go"}},
	{"templates.FuzzPicture", "pictures beside layouts", []string{"templates/picture.go"}},
	{"templates.FuzzPeople", "people and goods, on a label", []string{"templates/compose.go"}},
	{"templates/typeset.FuzzSet", "any text, in a box", []string{"templates/typeset/typeset.go"}},
	{"templates/waybill.FuzzReadFile", "the JSON of a label", []string{"templates/waybill/file.go"}},
	{"templates/pii.FuzzMasks", "people, masked and read back", []string{"templates/pii/pii.go"}},
	{"templates/barcode.FuzzText", "numbers, as codes", []string{"templates/barcode/code128.go", "templates/barcode/qr.go", "templates/barcode/datamatrix.go"}},
	{"templates/barcode.FuzzRead", "codes in pictures", []string{"templates/barcode/read.go"}},
	{"templates/pdfin.FuzzDocument", "carriers' PDFs and pictures, in a child process", []string{"templates/pdfin/child.go", "templates/pdfin/engine.go"}},
	{"templates/pdfin.FuzzChild", "what a child says that a document has taken over", []string{"templates/pdfin/parent.go", "templates/pdfin/wire.go"}},
	{"templates/pdfin.FuzzPicture", "carriers' pictures", []string{"templates/pdfin/picture.go"}},
	{"templates/pdfin.FuzzCodes", "codes on carriers' labels", []string{"templates/pdfin/codes.go"}},
	{"agent/internal/jos/jdsim.FuzzServeHTTP", "the simulated gateway: any request", []string{"agent/internal/jos/jdsim"}},
	{"agent/internal/jos/jdsim.FuzzArguments", "the simulated gateway: any arguments", []string{"agent/internal/jos/jdsim"}},
	{"agent/internal/jos/jdsim.FuzzLOP", "the simulated logistics platform", []string{"agent/internal/jos/jdsim"}},
	{"agent/internal/jos/jdsim/sheet.FuzzOpen", "the simulator's sealed sheets", []string{"agent/internal/jos/jdsim/sheet"}},
	{"agent/internal/carrier/component/cainiaosim.FuzzRequest", "the other vendors' simulated component", []string{"agent/internal/carrier/component/cainiaosim"}},
	{"agent/internal/carrier/component/componentsim.FuzzRequest", "the simulated print component", []string{"agent/internal/carrier/component/componentsim"}},
}

// ownBytes are the files that decode what this program itself wrote, with the
// reason why nobody else writes it.
var ownBytes = map[string]string{
	"agent/internal/update/release/main.go":      "the key that the release is signed with",
	"agent/internal/update/store.go":             "the address that IT has set",
	"agent/internal/update/update.go":            "the public key that IT has set, and a hash that manifest.Open has checked (FuzzOpen)",
	"agent/internal/app/settings.go":             "the settings file once more, which package config has read before (FuzzParse)",
	"agent/internal/app/components.go":           "addresses of printers that package config has read before (FuzzParse)",
	"agent/internal/audit/audit.go":              "the chain's end, as this program put it into the key store",
	"agent/internal/api/protocol.go":             "frames of a WebSocket, which are handed on to a protocol (FuzzEnvelope) as they are",
	"agent/internal/compat/port/holder_linux.go": "what the system's kernel says of itself in /proc",
	"agent/internal/api/socket.go":               "a first message of at most 1 KiB, of which encoding/json takes one text that is compared",
	"agent/internal/pairing/file.go":             "who may call, as this program put it into the data folder",
	"agent/internal/fleet/beat.go":               "what a function of the fleet's database answers, which only its keeper can change",
	"agent/internal/pin/pin.go":                  "the hash of a PIN, as this program put it into the key store",
	"agent/internal/cli/discover.go":             "addresses of printers, of the settings (FuzzParse) and of devices as package discover makes them (FuzzAnnouncement, FuzzQueue)",
	"agent/internal/app/start.go":                "where a person's browser came to, of which the code is taken, and a redirect address (standard library)",
	"agent/internal/config/update.go":            "an address that the owner of the settings types (standard library); the settings themselves are FuzzParse",
	"agent/internal/update/built.go":             "an address of the settings, or one that is built into the program (standard library)",
	"agent/internal/app/safety.go":               "addresses of printers that package config has read before (FuzzParse)",
	"agent/internal/cli/settings.go":             "a secret that its owner types: a line, trimmed and no more",
	"agent/internal/bench/chromium.go":           "the browser of this computer, which prints a sample for us",
	"agent/internal/bench/others.go":             "figures of a script that is built into the program",
	"agent/internal/bench/station.go":            "what the program itself says at its start",
	"agent/internal/cli/support.go":              "values of this program, taken apart to be masked",
	"agent/internal/cli/supportdata.go":          "timing, written by this program into its own database",
	"agent/internal/cli/supportmask.go":          "the settings and records of this station: what is no address stays a text, which is masked",
	"agent/internal/host/safety.go":              "what the system's kernel says of itself in /proc and /sys",
	"agent/internal/order/place/gazetteer.go":    "names of places that are built into the program",
	"agent/internal/order/place/pack/main.go":    "the source of that list, as whoever makes it has fetched it",
	"agent/internal/outbound/quoted.go":          "this program's own requests, whose texts an answer may quote",
	"agent/internal/fleet/platform/vault.go":     "the content key, which a platform station sealed for this one",
	"agent/internal/ledger/issue.go":             "the arguments of a sentence, written by this program into its own database",
	"agent/internal/ledger/record.go":            "records that this program sealed: nobody else's bytes open",
	"agent/internal/ledger/pack.go":              "orders that a platform station of the fleet sealed for this one",
	"agent/internal/fleet/bench/beat.go":         "what this program put into its own database about the fleet's",
	"agent/internal/carrier/sf/account.go":       "the address of the gateway, which the settings say and config has checked",
	"agent/internal/ledger/view.go":              "evidence and timing, written by this program into its own database",
	"agent/internal/seal/system.go":              "a secret that this program put into the system's key store",
	"printer/virtual/journal.go":                 "the virtual printer's own journal",
	"agent/internal/fleet/room.go":               "what functions of the fleet's schema make of its own tables",
	"templates/fonts/load.go":                    "fonts that are built into the program",
	"templates/pdfin/module.go":                  "PDFium, which is built into the program",
}

// decoders are the functions that make values of bytes, by the import path of
// their package. Methods of values stand under the empty path.
var decoders = map[string]*regexp.Regexp{
	"encoding/json":                      regexp.MustCompile(`^(Unmarshal|NewDecoder)$`),
	"encoding/xml":                       regexp.MustCompile(`^(Unmarshal|NewDecoder)$`),
	"encoding/gob":                       regexp.MustCompile(`^NewDecoder$`),
	"encoding/csv":                       regexp.MustCompile(`^New`),
	"encoding/binary":                    regexp.MustCompile(`^(Read|Decode|Uvarint|Varint|ReadUvarint|ReadVarint)$`),
	"encoding/pem":                       regexp.MustCompile(`^Decode$`),
	"encoding/hex":                       regexp.MustCompile(`^(Decode|DecodeString|NewDecoder)$`),
	"encoding/base64":                    regexp.MustCompile(`^NewDecoder$`),
	"crypto/x509":                        regexp.MustCompile(`^Parse`),
	"net/url":                            regexp.MustCompile(`^Parse`),
	"net/http":                           regexp.MustCompile(`^Read(Request|Response)$`),
	"net/mail":                           regexp.MustCompile(`^(Parse|Read)`),
	"mime/multipart":                     regexp.MustCompile(`^NewReader$`),
	"bufio":                              regexp.MustCompile(`^New(Reader|Scanner|ReadWriter)`),
	"archive/zip":                        regexp.MustCompile(`^(NewReader|OpenReader)$`),
	"archive/tar":                        regexp.MustCompile(`^NewReader$`),
	"compress/gzip":                      regexp.MustCompile(`^NewReader$`),
	"compress/zlib":                      regexp.MustCompile(`^NewReader`),
	"compress/flate":                     regexp.MustCompile(`^NewReader`),
	"github.com/klauspost/compress/zstd": regexp.MustCompile(`^NewReader$`),
	"image":                              regexp.MustCompile(`^Decode`),
	"image/png":                          regexp.MustCompile(`^Decode`),
	"image/jpeg":                         regexp.MustCompile(`^Decode`),
	"golang.org/x/image/font/opentype":   regexp.MustCompile(`^Parse`),
	"golang.org/x/image/font/sfnt":       regexp.MustCompile(`^Parse`),
	"github.com/pelletier/go-toml/v2":    regexp.MustCompile(`^(Unmarshal|NewDecoder)$`),
	"github.com/goccy/go-yaml":           regexp.MustCompile(`^(Unmarshal|NewDecoder)`),
	"github.com/goccy/go-yaml/parser":    regexp.MustCompile(`^Parse`),
	"github.com/coder/websocket":         regexp.MustCompile(`^(Dial|Accept)$`),
	"github.com/danielgtaylor/huma/v2":   regexp.MustCompile(`^Register$`),
	"github.com/makiuchi-d/gozxing":      regexp.MustCompile(`^NewBinaryBitmap`),
	"":                                   regexp.MustCompile(`^(DecodeString|DecodeBytes|FormValue|PostFormValue|PathValue|ParseForm|ParseMultipartForm|FPDF_LoadMemDocument)$`),
}

// TestEveryParserIsFuzzed finds every call of a decoder in the tree and demands
// that its file stands in one of the lists above, and that the lists name
// nothing that is not there.
func TestEveryParserIsFuzzed(t *testing.T) {
	covered := map[string]bool{}
	targets := map[string]bool{}
	for _, target := range fuzzTargets(t) {
		targets[target] = false
	}
	for _, p := range parsers {
		if _, ok := targets[p.target]; !ok {
			t.Errorf("%s is in the list and not in the tree", p.target)
		}
		targets[p.target] = true
		for _, file := range p.files {
			covered[file] = true
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(file))); err != nil {
				t.Errorf("%s is said to fuzz %s: %v", p.target, file, err)
			}
		}
	}
	for target, listed := range targets {
		if !listed {
			t.Errorf("%s is not in the list: say what it reads", target)
		}
	}
	found := decoding(t)
	for _, file := range slices.Sorted(maps.Keys(found)) {
		if !covered[file] && ownBytes[file] == "" {
			t.Errorf("%s: %s makes values of bytes; name the target that fuzzes it, or say why the bytes are our own", file, strings.Join(found[file], ", "))
		}
	}
	for file, reason := range ownBytes {
		if found[file] == nil || reason == "" || covered[file] {
			t.Errorf("%s is said to decode our own bytes only (%q): it decodes %q, and a target reads it: %v", file, reason, found[file], covered[file])
		}
	}
	if len(found) < 50 || len(targets) < 50 {
		t.Errorf("only %d files and %d targets were found: the test does not see the tree", len(found), len(targets))
	}
}

// support reports whether a folder holds a simulator or what only tests use.
func support(folder string) bool {
	name := folder[strings.LastIndexByte(folder, '/')+1:]
	return strings.Contains(folder, "jdsim") || strings.HasSuffix(name, "sim") || strings.HasSuffix(name, "test") && name != "test" ||
		slices.Contains([]string{"agent/internal/hostile", "agent/internal/practice", "agent/internal/canary", "agent/internal/store/faulty", "templates/fonts/pack"}, folder)
}

// decoding returns the decoders that are called in files that ship, by file.
func decoding(t *testing.T) map[string][]string {
	found := map[string][]string{}
	eachFile(t, func(path string, _ []string) {
		if strings.HasSuffix(path, "_test.go") || support(filepath.ToSlash(filepath.Dir(path))) || within(path, "installer") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		packages := map[string]string{} // by the name under which they are imported
		for _, i := range file.Imports {
			p := strings.Trim(i.Path.Value, `"`)
			name := regexp.MustCompile(`/v[0-9]+$`).ReplaceAllString(p, "")
			name = strings.TrimPrefix(name[strings.LastIndexByte(name, '/')+1:], "go-")
			if i.Name != nil {
				name = i.Name.Name
			}
			packages[name] = p
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from := ""
			if x, ok := s.X.(*ast.Ident); ok {
				from = packages[x.Name]
			}
			if d := decoders[from]; d != nil && d.MatchString(s.Sel.Name) && !slices.Contains(found[path], s.Sel.Name) {
				found[path] = append(found[path], s.Sel.Name)
			}
			return true
		})
	})
	return found
}

// fuzzTargets returns every fuzz target of the tree, FOLDER.FuzzNAME, sorted.
func fuzzTargets(t *testing.T) []string {
	declared := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)
	var targets []string
	eachFile(t, func(path string, _ []string) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		b, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(b), -1) {
			targets = append(targets, filepath.ToSlash(filepath.Dir(path))+"."+m[1])
		}
	})
	slices.Sort(targets)
	return targets
}
