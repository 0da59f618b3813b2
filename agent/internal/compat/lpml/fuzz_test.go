package lpml

import (
	"encoding/json"
	"testing"

	"miandan/agent/internal/hostile"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// FuzzTemplate reads templates and data as pages send them, and draws what can be
// drawn: nothing panics, nothing grows, and no refusal quotes what stands there.
func FuzzTemplate(f *testing.F) {
	f.Add([]byte(label), []byte(data))
	f.Add([]byte(area), []byte(`{"remark":[1,{"a":null}]}`))
	f.Add([]byte(`<page width="76" height="130"><table><tr><td rowspan="99" colspan="99"/></tr></table></page>`), []byte(`null`))
	f.Add([]byte(`<layout left="-9" top="1e9" width="5pt"><text style="fontSize:1e9;align:x"><![CDATA[<%=_data[9].a['b']%>]]></text></layout>`), []byte(`[[]]`))
	f.Add([]byte(`<layout><image src="data:image/jpeg;base64,<%=_data.p%>"/></layout>`), []byte(`{"p":"/9j/4AAQ"}`))
	f.Fuzz(func(t *testing.T, template, data []byte) {
		if !hostile.Short(template, data) || len(template)+len(data) > 16<<10 {
			return
		}
		hostile.Bounded(t, 4<<20, func() {
			parsed, err := Parse(template)
			hostile.Silent(t, err)
			if err != nil {
				return
			}
			var v any
			if json.Unmarshal(data, &v) != nil {
				return
			}
			d, err := Draw([]Part{{parsed, v}}, Paper{Grid: scene.DPI203, Width: scene.MM(50), Height: scene.MM(40)})
			hostile.Silent(t, err)
			if err != nil {
				return
			}
			if _, err := raster.Render(d.Page); err != nil {
				t.Errorf("what was drawn cannot be made dots: %v", err)
			}
		})
	})
}
