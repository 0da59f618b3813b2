package folder

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// MappingFile is the name of the file in the hot folder that says how the files
// there are to be read. It need not be there.
const MappingFile = "mapping.toml"

// Sample is a mapping file in which every setting stands explained and none is
// set.
//
//go:embed mapping.toml
var Sample []byte

// mapping is how the files of a folder are read.
type mapping struct {
	own      [fields][]string // titles, plain
	values   [fields]string   // what holds where a row says nothing
	states   map[string]order.State
	encoding string // "", "utf-8", "gb18030"
	sheet    string
	service  bool // all are after-sales service orders
}

// titles returns the titles that a field's column may have, plain, the first
// that is there counts.
func (m *mapping) titles(f field) []string {
	return append(slices.Clone(m.own[f]), strings.Fields(known[f].titles)...)
}

// mapping reads the folder's mapping file. Its error is a *notice.Error.
func (s *Source) mapping(root *os.Root) (*mapping, error) {
	f, err := root.Open(MappingFile)
	if errors.Is(err, fs.ErrNotExist) {
		return readMapping(nil)
	}
	if err != nil {
		return nil, s.away(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, s.away(err)
	}
	return readMapping(b)
}

func badMapping(what notice.Phrase) error { return notice.New("folder-mapping", nil, what) }

func readMapping(b []byte) (*mapping, error) {
	var f struct {
		Columns    map[string]any    `toml:"columns"` // a title, or several
		Values     map[string]any    `toml:"values"`
		States     map[string]string `toml:"states"`
		AfterSales bool              `toml:"after_sales"`
		Encoding   string            `toml:"encoding"`
		Sheet      string            `toml:"sheet"`
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // Windows' editor begins files so
	if !utf8.Valid(b) {
		return nil, badMapping(notice.Phrase{"it is not saved as UTF-8", "文件没有保存为 UTF-8 编码"})
	}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&f); err != nil {
		return nil, explain(err)
	}
	m := &mapping{states: map[string]order.State{}, sheet: f.Sheet, service: f.AfterSales}
	switch e := strings.ToLower(f.Encoding); e {
	case "", "utf-8", "gb18030":
		m.encoding = e
	case "gbk", "gb2312":
		m.encoding = "gb18030"
	default:
		return nil, badMapping(notice.Phrase{`encoding is "utf-8" or "gb18030"`, `encoding 只能是 "utf-8" 或 "gb18030"`})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Columns)) {
		to, ok := fieldNamed(name)
		list, isTitles := titlesIn(f.Columns[name])
		if !ok || !isTitles {
			return nil, badMapping(notice.Phrase{
				fmt.Sprintf("[columns] has %q; there stand only the names from the sample, each with a title or a list of titles", name),
				fmt.Sprintf("[columns] 中的 %q 有误：只能使用示例中的名称，值为一个列名或列名列表", name),
			})
		}
		m.own[to] = list
	}
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		to, ok := fieldNamed(name)
		if !ok || !mayBeSet(to) {
			return nil, badMapping(notice.Phrase{
				fmt.Sprintf("[values] has %q, which cannot be the same for all orders", name),
				fmt.Sprintf("[values] 中的 %q 不能对所有订单取同一个值", name),
			})
		}
		m.values[to] = fmt.Sprint(f.Values[name])
	}
	for word, state := range f.States {
		s := order.State(state)
		if !slices.Contains([]order.State{order.ToShip, order.Shipped, order.Cancelled, order.Locked, order.Paused, order.Other}, s) {
			return nil, badMapping(notice.Phrase{
				fmt.Sprintf("[states] has %q; a state is to-ship, shipped, cancelled, locked, paused or other", state),
				fmt.Sprintf("[states] 中的 %q 有误：状态只能是 to-ship、shipped、cancelled、locked、paused 或 other", state),
			})
		}
		m.states[plain(word)] = s
	}
	return m, nil
}

// mayBeSet reports whether a field may be the same for all orders of a folder.
// Whom a parcel goes to never is.
func mayBeSet(f field) bool {
	switch f {
	case fGoods, fQuantity, fRemark, fNote, fPrice, fInsured, fParcels, fSignReturn, fShop, fMerchant, fShipment:
		return true
	}
	return false
}

func titlesIn(v any) (list []string, ok bool) {
	switch v := v.(type) {
	case string:
		list = []string{plain(v)}
	case []any:
		for _, one := range v {
			text, ok := one.(string)
			if !ok {
				return nil, false
			}
			list = append(list, plain(text))
		}
	}
	return list, len(list) > 0 && !slices.Contains(list, "")
}

// explain turns the decoder's error into a phrase with its line.
func explain(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		line, _ := strict.Errors[0].Position()
		key := strings.Join(strict.Errors[0].Key(), ".")
		return badMapping(notice.Phrase{fmt.Sprintf("line %d: there is no setting %q", line, key), fmt.Sprintf("第 %d 行：没有设置项 %q", line, key)})
	}
	line := 1
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		line, _ = decode.Position()
	}
	text := strings.TrimPrefix(err.Error(), "toml: ")
	return badMapping(notice.Phrase{fmt.Sprintf("line %d: %s", line, text), fmt.Sprintf("第 %d 行：%s", line, text)})
}
