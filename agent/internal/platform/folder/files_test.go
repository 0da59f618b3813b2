package folder

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/platform"
)

func TestAFileStaysUntilTheLedgerHasIt(t *testing.T) {
	s := newStation(t)
	s.put("a.csv", []byte(plainCSV))
	for range 2 { // the ledger does not get to keep the cursor
		s.Orders(context.Background(), s.cursor)
	}
	s.poll()
	for range 3 {
		orders, _, err := s.Orders(context.Background(), s.cursor)
		if err != nil || len(orders) != 2 {
			t.Fatalf("%d orders, %v; want the same 2 again", len(orders), err)
		}
		if got := s.files(taking); !slices.Equal(got, []string{"a.csv"}) {
			t.Fatalf("taking/ holds %v", got)
		}
	}
	s.poll()
	if got := s.files(taking); !slices.Equal(got, []string{"a.csv"}) {
		t.Errorf("before the next reading taking/ holds %v", got)
	}
	orders, _, err := s.Orders(context.Background(), s.cursor)
	if err != nil || len(orders) > 0 || len(s.files(taking)) > 0 || len(s.files(done)) > 0 {
		t.Errorf("afterwards: %d orders, %v, taking/ %v, done/ %v", len(orders), err, s.files(taking), s.files(done))
	}
}

func TestKeep(t *testing.T) {
	s := newStation(t)
	s.Keep = true
	for range 2 { // twice the same name
		s.put("a.csv", []byte(plainCSV))
		s.polls()
	}
	if got := s.files(done); !slices.Equal(got, []string{"a.csv", "a.csv"}) {
		t.Errorf("done/ holds %v", got)
	}
	s.now = s.now.AddDate(1, 0, 0)
	s.polls()
	if got := s.files(done); len(got) != 2 {
		t.Errorf("a year later done/ holds %v", got)
	}
}

func TestFilesWithWrongRowsGoInTheEnd(t *testing.T) {
	s := newStation(t)
	s.KeepWrong = time.Hour
	s.put("a.csv", []byte(plainCSV+"x,,,\n"))
	s.polls()
	s.now = s.now.Add(59 * time.Minute)
	s.polls()
	if got := s.files(done); !slices.Equal(got, []string{"a.csv", "a.csv.errors.csv"}) {
		t.Errorf("after 59 minutes done/ holds %v", got)
	}
	s.now = s.now.Add(2 * time.Minute)
	s.polls()
	if got := s.files(done); !slices.Equal(got, []string{"a.csv.errors.csv"}) {
		t.Errorf("after 61 minutes done/ holds %v", got)
	}
}

func TestNamesOfFiles(t *testing.T) {
	long := strings.Repeat("订", 80) + ".csv"
	con := "con.csv.txt"
	if runtime.GOOS == "windows" {
		con = "conn.csv.txt" // the other is the console's name there
	}
	taken := []string{"a.csv", "订单 (1).CSV", "订单导出_20261123.XlSx", "a.b.c.csv", con, "a'&%$#@!~.tsv", "空 格 .csv", long}
	left := []string{"~$订单.xlsx", ".订单.csv", ".~lock.a.csv#", "a.csv.part", "a.csv.crdownload", "a.tmp", "a.pdf", "csv", "a.errors.csv", "b.csv.errors.csv", "c.csv.reason.txt", "mapping.toml.bak"}
	s := newStation(t)
	workbook := byExcelize(t, nil, titleRow, []any{"W1", "演示张三", "13800001234", "演示路1号"})
	for i, name := range taken {
		b := []byte(head + "N" + string(rune('0'+i)) + ",演示张三,13800001234,,演示路1号,茶,1,,,,\n")
		if strings.EqualFold(filepath.Ext(name), ".xlsx") {
			b = workbook
		}
		s.put(name, b)
	}
	for _, name := range left {
		s.put(name, []byte(plainCSV))
	}
	if err := os.Mkdir(filepath.Join(s.dir, "folder.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside.csv")
	if err := os.WriteFile(outside, []byte(plainCSV), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(s.dir, "link.csv")
	err := os.Symlink(outside, link)
	if _, missing := os.Lstat(link); err == nil && missing == nil { // Wine says that it makes links, and makes none
		left = append(left, "link.csv")
	}
	s.polls()
	if len(s.orders) != len(taken) {
		t.Errorf("%d orders, want %d; told %s", len(s.orders), len(taken), sentences(s.said))
	}
	slices.Sort(left)
	if got := s.files("."); !slices.Equal(got, left) {
		t.Errorf("left are %v, want %v", got, left)
	}
}

func TestShownNames(t *testing.T) {
	for name, want := range map[string]string{"订单13800001234.csv": "订单••••.csv", "a\nb\u202ec.csv": "a_b_c.csv", "20261123180000.csv": "20261123180000.csv"} {
		if got := showable(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
	if got := short(strings.Repeat("订", 80)); got != strings.Repeat("订", 40) {
		t.Errorf("a long name becomes %s", got)
	}
}

// TestHalfWritten: what is still being written is left alone, and what is
// written to after it was taken is read again.
func TestHalfWritten(t *testing.T) {
	s := newStation(t)
	half := plainCSV[:strings.Index(plainCSV, "玄武区,演示路1")+len("玄武区,演示路1")]
	s.put("a.csv", []byte(half))
	s.age("a.csv", 0)
	s.polls()
	if len(s.orders) > 0 || len(s.said) > 0 {
		t.Errorf("of half a file were read\n%s, told %v", s.texts(), s.codes())
	}
	found, err := filepath.Glob(filepath.Join(s.dir, taking, "a.*.csv"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	line := strings.Index(plainCSV, "20261123002")
	if err := os.WriteFile(found[0], []byte(plainCSV[:line]), 0o600); err != nil {
		t.Fatal(err)
	}
	s.poll()
	if len(s.orders) != 1 {
		t.Errorf("%d orders of a file with one whole line", len(s.orders))
	}
	if err := os.WriteFile(found[0], []byte(plainCSV), 0o600); err != nil { // its writer goes on
		t.Fatal(err)
	}
	s.polls()
	if got := s.texts(); got != plainOrders {
		t.Errorf("of the whole file were read\n%s", got)
	}
	broken := newStation(t)
	broken.put("a.xlsx", []byte("PK\x03\x04"))
	broken.age("a.xlsx", 0)
	broken.polls()
	if len(broken.files(failed)) > 0 {
		t.Error("a workbook that is still being copied failed")
	}
	broken.now = broken.now.Add(time.Minute)
	broken.polls()
	if len(broken.files(failed)) != 2 {
		t.Error("a workbook that stays broken did not fail")
	}
}

func TestAFileThatChangesIsLeft(t *testing.T) {
	t.Parallel() // it mostly waits
	s := newStation(t)
	s.poll()
	s.Quiet = 5 * time.Second // within which a busy machine writes again
	s.put("a.csv", []byte(plainCSV))
	polled, written := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		for text := plainCSV; ; text += "\n" {
			select {
			case <-polled:
				return
			case <-time.After(10 * time.Millisecond):
				os.WriteFile(filepath.Join(s.dir, "a.csv"), []byte(text), 0o600)
			}
		}
	}()
	err := s.poll()
	close(polled)
	<-written
	if err != nil || len(s.orders) > 0 {
		t.Errorf("%d orders, %v", len(s.orders), err)
	}
	if got := s.files("."); !slices.Equal(got, []string{"a.csv"}) {
		t.Errorf("the folder holds %v", got)
	}
}

// TestTwoStations: each file is taken by one of them, and what one has begun
// the other never touches.
func TestTwoStations(t *testing.T) {
	one, two := newStation(t), newStation(t)
	two.dir = one.dir
	two.start()
	one.poll()
	two.poll()
	one.put("a.csv", []byte(plainCSV))
	if _, _, err := one.Orders(context.Background(), one.cursor); err != nil { // and it crashes
		t.Fatal(err)
	}
	two.polls()
	if len(two.orders) > 0 || len(two.said) > 0 {
		t.Errorf("the other one took %d orders, told %v", len(two.orders), two.codes())
	}
	two.now = two.now.Add(16 * time.Minute)
	two.poll()
	if !slices.Equal(two.codes(), []notice.Code{"folder-file-foreign"}) {
		t.Errorf("told %v", two.codes())
	}
	one.start()
	one.polls()
	if len(one.orders) != 2 || len(one.files(taking)) > 0 {
		t.Errorf("the one that took it has %d orders, taking/ %v", len(one.orders), one.files(taking))
	}
}

func TestOneOrderInSeveralFiles(t *testing.T) {
	s := newStation(t)
	s.put("b.csv", []byte(head+"A1,演示张三,13800001234,,演示路1号,茶,1,,,,\n"))
	s.age("b.csv", 2*time.Minute)
	s.put("a.csv", []byte(head+"A1,演示张三,13800001234,,演示路2号,茶,1,,,,\n"))
	s.polls()
	if len(s.accepted) != 1 || s.accepted["A1 演示路2号"] != 1 {
		t.Errorf("the ledger was given %v, want the newer address alone", s.accepted)
	}
}

func TestFolderThatIsAway(t *testing.T) {
	s := newStation(t)
	s.Path = filepath.Join(s.dir, "away")
	if _, _, err := s.Orders(context.Background(), ""); notice.CodeOf(err) != "folder-away" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := newStation(t)
	b.poll()
	b.put("a.csv", []byte(plainCSV))
	b.Quiet = time.Hour
	if _, _, err := b.Orders(ctx, b.cursor); !errors.Is(err, context.Canceled) {
		t.Errorf("a stop while it waits: %v", err)
	}
	if _, err := b.Order(ctx, "x"); !errors.Is(err, platform.ErrNoOrder) {
		t.Errorf("Order: %v", err)
	}
}

// TestCursorNamesNobody: the cursor lies in the clear in the ledger.
func TestCursorNamesNobody(t *testing.T) {
	s := newStation(t)
	s.put("演示张三13800001234.csv", []byte(plainCSV))
	s.poll()
	s.poll()
	if c := string(s.cursor); strings.Contains(c, "1380000") || strings.Contains(c, "演") || len(strings.Fields(c)) != 2 {
		t.Errorf("the cursor is %q", c)
	}
	back := readCursor(s.cursor)
	if back.text() != s.cursor {
		t.Errorf("%q comes back as %q", s.cursor, back.text())
	}
	for _, odd := range []platform.Cursor{"", "x", "2026-11-23T10:00:00Z", "1a2b3c4d x", "1a2b3c4d x:y:z"} {
		if c := readCursor(odd); len(c.taken) > 0 {
			t.Errorf("%q names %v", odd, c.taken)
		}
	}
}
