package barcode

import "math/bits"

// penalty is how badly a masked code may be read, by the four rules of ISO/IEC
// 18004: long runs, blocks of 2 × 2, what looks like a finder, and too much of one
// colour. It counts 64 lines at a time, a bit of a word each.
func (g bitGrid) penalty() int {
	sum := g.linePenalty(g.rows) + g.linePenalty(g.columns) + 3*g.blocks()
	dark := 0
	for _, w := range g.rows {
		dark += bits.OnesCount64(w)
	}
	off := dark*20 - g.n*g.n*10 // twentieths away from half dark
	return sum + 10*(max(off, -off)/(g.n*g.n))
}

// maxModules is how many modules the largest version has on a side.
const maxModules = 177

// outside is how many modules beyond the edges count as white for a finder.
const outside = 4

// linePenalty counts along all lines at once that run across the given ones: runs
// of five and more, and what looks like a finder with white on a side.
func (g bitGrid) linePenalty(across []uint64) (sum int) {
	var line [outside + maxModules + outside]uint64
	for k := range g.words {
		for i := range g.n {
			line[outside+i] = across[i*g.words+k]
		}
		clear(line[outside+g.n:])
		sum += runs(line[outside:outside+g.n], g.there(k, g.n)) + 40*finders(line[:outside+g.n+outside])
	}
	return sum
}

// there returns which of a word's bits are of the first n modules.
func (g bitGrid) there(word, n int) uint64 {
	if rest := n - 64*word; rest < 64 {
		return 1<<max(rest, 0) - 1
	}
	return ^uint64(0)
}

// runs counts 3 for a run of five and 1 for each module more. A run of n has n − 4
// fives in it.
func runs(line []uint64, there uint64) (sum int) {
	var same1, same2, same3, before uint64 // whether modules are like the ones before, and a five ended
	for i := 1; i < len(line); i++ {
		same := ^(line[i] ^ line[i-1]) & there
		five := same & same1 & same2 & same3
		sum += bits.OnesCount64(five) + 2*bits.OnesCount64(five&^before)
		same1, same2, same3, before = same, same1, same2, five
	}
	return sum
}

// finders counts finders that have white before them, and that have it behind.
func finders(line []uint64) (n int) {
	for i := outside; i+7+outside <= len(line); i++ {
		l := line[i-outside:][:outside+7+outside]
		finder := l[4] &^ l[5] & l[6] & l[7] & l[8] &^ l[9] & l[10]
		n += bits.OnesCount64(finder&^(l[0]|l[1]|l[2]|l[3])) + bits.OnesCount64(finder&^(l[11]|l[12]|l[13]|l[14]))
	}
	return n
}

// blocks counts squares of four modules of one colour, which may overlap.
func (g bitGrid) blocks() (n int) {
	for y := range g.n - 1 {
		above, below := g.rows[y*g.words:(y+1)*g.words], g.rows[(y+1)*g.words:(y+2)*g.words]
		for k := range above {
			a, b := above[k], below[k]
			rightA, rightB := a>>1, b>>1
			if k+1 < g.words {
				rightA |= above[k+1] << 63
				rightB |= below[k+1] << 63
			}
			n += bits.OnesCount64(^(a ^ b) & ^(a ^ rightA) & ^(a ^ rightB) & g.there(k, g.n-1))
		}
	}
	return n
}
