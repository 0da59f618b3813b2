package bench

import (
	"context"
	"runtime"
	"slices"
	"time"

	"miandan/agent/internal/worked"
)

// measure runs f until its figures settle: some time and some runs at least. The
// runs before are not counted, in which fonts are unpacked and glyphs drawn for
// the first time.
func (b *bench) measure(ctx context.Context, l Line, f func(i int) (bytes int, err error)) (Line, error) {
	core := worked.Here
	if l.Part == Others { // of those that have ended
		core = worked.Children
	}
	return b.measureBy(ctx, core, l, f)
}

// measureBy is measure for work that is done elsewhere: core is what that has had of the
// cores so far, and stays nought if nobody knows.
func (b *bench) measureBy(ctx context.Context, core func() time.Duration, l Line, f func(i int) (bytes int, err error)) (Line, error) {
	b.Tell(l.What)
	least, time1, warm := 50, 2*time.Second, 10
	if b.Quick {
		least, time1, warm = 5, 100*time.Millisecond, 2
	}
	if l.Part == Others { // they take long
		least, warm = least/5, 1
	}
	for i := range warm {
		if _, err := f(i); err != nil {
			return l, err
		}
	}
	all := make([]time.Duration, 0, 1<<16)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began, cpu := time.Now(), core()
	for i := warm; len(all) < cap(all) && (len(all) < least || time.Since(began) < time1) && ctx.Err() == nil; i++ {
		at := clock()
		n, err := f(i)
		if err != nil {
			return l, err
		}
		all = append(all, clock()-at)
		l.Bytes = n
	}
	took, used := time.Since(began), core()-cpu
	runtime.ReadMemStats(&after)
	if err := ctx.Err(); err != nil {
		return l, err
	}
	l.PerSecond = float64(len(all)) / took.Seconds()
	if used > 0 {
		l.PerCore = float64(len(all)) / used.Seconds()
	}
	if l.Part != Others { // what they allocate is not seen here
		l.Allocs = int(after.Mallocs-before.Mallocs) / len(all)
		l.AllocBytes = int(after.TotalAlloc-before.TotalAlloc) / len(all)
	}
	return timed(l, all), nil
}

// timed puts the times of the runs into the line.
func timed(l Line, all []time.Duration) Line {
	slices.Sort(all)
	at := func(p int) float64 { return ms(all[(len(all)*p+99)/100-1]) }
	l.Runs, l.P50, l.P99 = len(all), at(50), at(99)
	return l
}

func ms(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// oneCore lets this process use one core until the function that it returns is
// called.
func oneCore() (restore func()) {
	before := runtime.GOMAXPROCS(1)
	return func() { runtime.GOMAXPROCS(before) }
}
