package midday

import (
	"testing"
	"time"
)

func TestZone(t *testing.T) {
	for hour := range 24 {
		now := time.Date(2026, 3, 1, hour, 59, 0, 0, time.UTC)
		zone, err := time.LoadLocation(Zone(now))
		if err != nil {
			t.Fatal(err)
		}
		if there := now.In(zone); there.Hour() != 12 {
			t.Errorf("%v is %v in %v", now, there, zone)
		}
	}
}

func TestStay(t *testing.T) {
	Stay()
	if hour := time.Now().Hour(); hour < 12 || hour > 13 {
		t.Errorf("it is %d o'clock", hour)
	}
}
