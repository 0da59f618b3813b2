package cli

import (
	"fmt"
	"io"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/kinds"
)

// configAccount lists the carriers, or prints the section of one for the settings
// file: whoever sets it up need not look anywhere else.
func (c *command) configAccount(args []string) error {
	if len(args) == 0 {
		for _, k := range kinds.All() {
			if _, err := fmt.Fprintf(c.Out, "%-10s %s\n", k.Name, k.Title); err != nil {
				return err
			}
		}
		return nil
	}
	k, ok := kinds.Of(args[0])
	if !ok {
		var names []string
		for _, k := range kinds.All() {
			names = append(names, k.Name)
		}
		return usageError{fmt.Errorf("account %s: choose one of %s", args[0], strings.Join(names, ", "))}
	}
	var b strings.Builder
	section(&b, k)
	_, err := io.WriteString(c.Out, b.String())
	return err
}

// section writes the section of a carrier. What has a default stands behind a #.
func section(b *strings.Builder, k carrier.Kind) {
	fmt.Fprintf(b, "# %s\n[[account]]\ncarrier = %q\nname = %q\n", k.Title, k.Name, k.Name)
	if k.Sandbox != "" {
		b.WriteString("# The carrier's trial system.\n# 快递公司的测试环境。\n#sandbox = true\n")
	}
	b.WriteString("# Before every order number that the carrier is told; another one for every environment.\n# 加在每个订单号之前；每个环境使用不同的前缀。\n#order_prefix = \"\"\n\n[account.settings]\n")
	for _, f := range k.Fields {
		if f.Secret {
			continue
		}
		about(b, f)
		switch {
		case f.Required && f.Default == "":
			fmt.Fprintf(b, "%s = %q\n", f.Name, f.Example)
		case f.Default != "":
			fmt.Fprintf(b, "#%s = %q\n", f.Name, f.Default)
		default:
			fmt.Fprintf(b, "#%s = %q\n", f.Name, f.Example)
		}
	}
	for _, f := range k.Fields {
		if f.Secret {
			b.WriteString("\n")
			about(b, f)
			fmt.Fprintf(b, "#   miandan config secret account.%s.%s\n", k.Name, f.Name)
		}
	}
	fmt.Fprintf(b, "\n# Orders go to it by a rule:\n# 订单由规则分配：\n#[[route]]\n#carrier = %q\n", k.Name)
}

func about(b *strings.Builder, f carrier.Field) {
	for _, text := range f.About {
		fmt.Fprintf(b, "# %s\n", text)
	}
	if len(f.OneOf) > 0 {
		fmt.Fprintf(b, "# %s\n", strings.Join(f.OneOf, " | "))
	}
}
