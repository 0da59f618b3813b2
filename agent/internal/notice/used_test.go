package notice_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

// TestEveryCodeInUseHasASentence reads the program for codes: calls of
// notice.New and notice.Text with a code written out, whose arguments must be
// as many as the sentence has places, and constants of type notice.Code.
// Package api keeps the sentences of its gates beside them.
func TestEveryCodeInUseHasASentence(t *testing.T) {
	files, found := token.NewFileSet(), 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ownSentences := f.Name.Name == "api"
		ast.Inspect(f, func(n ast.Node) bool {
			at := func() token.Position { return files.Position(n.Pos()) }
			switch n := n.(type) {
			case *ast.CallExpr:
				c, ok := called(n)
				if !ok {
					return true
				}
				found++
				if !notice.Known(c) {
					t.Errorf("%s: no sentence for %q; add it to the about_….go of its subject", at(), c)
				} else if got, want := len(n.Args)-2, notice.Places(c); !n.Ellipsis.IsValid() && got != want {
					t.Errorf("%s: %q is given %d arguments, its sentence takes %d", at(), c, got, want)
				}
			case *ast.ValueSpec:
				if ownSentences || !isNotice(n.Type, "Code") {
					return true
				}
				for _, v := range n.Values {
					if c, ok := literal(v); ok && !notice.Known(c) {
						t.Errorf("%s: no sentence for %q; add it to the about_….go of its subject", at(), c)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 10 {
		t.Errorf("found %d uses of notices; the test reads the wrong folder", found)
	}
}

// TestOrdersThatGetNoNumber lists the codes of order.Order.NumberAsked, whose
// type is not Code since package order is below this one.
func TestOrdersThatGetNoNumber(t *testing.T) {
	for _, c := range []notice.Code{
		"order-is-parent", "order-cancelled", "order-locked", "order-paused", "order-not-to-ship",
		"phone-masked", "receiver-no-name", "receiver-no-phone", "receiver-no-address",
	} {
		if !notice.Known(c) || notice.Places(c) != 1 {
			t.Errorf("%q has no sentence that takes the order's number", c)
		}
	}
}

// called returns the code in notice.New("code", err, …) or
// notice.Text(l, "code", …).
func called(call *ast.CallExpr) (notice.Code, bool) {
	switch {
	case len(call.Args) < 2:
		return "", false
	case isNotice(call.Fun, "New"):
		return literal(call.Args[0])
	case isNotice(call.Fun, "Text"):
		return literal(call.Args[1])
	}
	return "", false
}

func isNotice(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == "notice"
}

func literal(e ast.Expr) (notice.Code, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return notice.Code(s), err == nil
}
