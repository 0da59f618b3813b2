package config

import (
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

// What is wrong with an account is said with its line and what to write instead.
func TestAccounts(t *testing.T) {
	const before = "[sender]\nname=\"演示仓\"\nphone=\"021-80000001\"\nprovince=\"上海\"\ncity=\"上海市\"\naddress=\"演示路1号\"\n[[route]]\ncarrier=\"zto\"\n"
	for _, test := range []struct{ what, account, says string }{
		{"whole", "[[account]]\ncarrier=\"zto\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\n", ""},
		{"without a carrier", "[[account]]\nname=\"zto\"\n", "account.carrier is missing"},
		{"with a carrier that there is not", "[[account]]\nname=\"zto\"\ncarrier=\"pony\"\n", `"sf" | "zto"`},
		{"without what every account needs", "[[account]]\ncarrier=\"zto\"\n", `app_key = "`},
		{"without what is needed beside others", "[[account]]\ncarrier=\"zto\"\n[account.settings]\napp_key=\"K\"\n", "account_id"},
		{"with another carrier's setting", "[[account]]\ncarrier=\"zto\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\nmonthly_card=\"7551234567\"\n", "line 14: there is no setting account.settings.monthly_card"},
		{"with a secret", "[[account]]\ncarrier=\"zto\"\n[account.settings]\napp_key=\"K\"\napp_secret=\"hush\"\n", "miandan config secret account.zto.app_secret"},
		{"twice", "[[account]]\ncarrier=\"zto\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\n[[account]]\ncarrier=\"zto\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\n", "zto"},
		{"with a phone that there is not", "[[account]]\ncarrier=\"zto\"\nphone=\"sealed\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\n", `"real" | "virtual" | "masked"`},
		{"drawn by nobody", "[[account]]\ncarrier=\"zto\"\nway=\"sealed\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\n", `"own" | "rendered"`},
		{"drawn by a carrier that draws none", "[[account]]\ncarrier=\"zto\"\nway=\"rendered\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\n", "this carrier draws no labels"},
		{"hidden on a label that its carrier draws", "[[account]]\ncarrier=\"sf\"\nname=\"zto\"\nway=\"rendered\"\nphone=\"masked\"\n[account.settings]\npartner_id=\"P\"\nexpress_type=\"2\"\ntemplate_code=\"fm_76130_standard_P\"\n", "the carrier draws what it knows"},
		{"over http", "[[account]]\ncarrier=\"zto\"\ngateway=\"http://example.com\"\n[account.settings]\napp_key=\"K\"\naccount_id=\"A\"\n", "https://"},
	} {
		t.Run(test.what, func(t *testing.T) {
			_, err := Parse("miandan.toml", []byte(before+test.account))
			if test.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			problems, ok := err.(Problems)
			if !ok {
				t.Fatalf("err = %v, want problems", err)
			}
			var said strings.Builder
			for _, p := range problems {
				said.WriteString(p.Text(notice.English) + "\n" + p.Text(notice.Chinese) + "\n")
			}
			if !strings.Contains(said.String(), test.says) || strings.Contains(said.String(), "hush") {
				t.Errorf("says\n%s, want %q", said.String(), test.says)
			}
		})
	}
}

func TestFolders(t *testing.T) {
	for _, test := range []struct{ what, folder, says string }{
		{"without a path", "[[folder]]\n", "folder.path is missing"},
		{"with a path that leads nowhere", "[[folder]]\npath='nowhere'\n", "a folder that exists"},
		{"called as JD", "[[folder]]\nname=\"jd\"\npath='.'\n", "neither jd nor api"},
		{"twice", "[[folder]]\npath='.'\n[[folder]]\npath='.'\n", "folder.name"},
		{"looked at all the time", "[[folder]]\npath='.'\npoll_every=\"1ms\"\n", "folder.poll_every"},
	} {
		t.Run(test.what, func(t *testing.T) {
			if _, err := Parse("miandan.toml", []byte(test.folder)); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("err = %v, want %q in it", err, test.says)
			}
		})
	}
}
