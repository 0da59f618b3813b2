package virtual

// Stuck is how many rows are out of the label under the head, if it cannot move
// on.
func (p *Printer) Stuck() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stuck
}
