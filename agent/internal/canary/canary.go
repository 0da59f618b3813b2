// Package canary makes invented people and finds them again wherever bytes
// have been left. It is support for tests.
//
// Whether a program keeps people to itself cannot be read off its code: a name
// may go out through an error, a crash, a temporary file, a page that the
// database has given up, or an archive within an archive. So everything about
// these people is unique, the program is taken through its whole life with
// them, and then every byte that it has left is searched for all of them at
// once, in every form in which text is commonly written. A search that finds
// nothing says little by itself; the tests of this package plant people in
// each form and want every one of them found.
//
// What is looked for, and what is no hit, is said at Person.
package canary

import (
	"fmt"
	"math/rand/v2"
)

// Field is what a hit says about a person.
type Field string

// The fields of a person, and Secret for what is no person's.
const (
	Name     Field = "name"
	Mobile   Field = "mobile"
	Landline Field = "landline"
	Virtual  Field = "virtual number"
	Street   Field = "street"
	Room     Field = "room"
	Remark   Field = "remark"
	Secret   Field = "secret"
)

// Person is an invented receiver. No two of them share
//
//   - the name without its first two characters, which are 演示 in all of them:
//     so a name that lost its first character is found, and 演•• is no hit;
//   - the digits of each telephone number, which are looked for whole, however
//     they are grouped and also backwards: 138••••1234 is no hit;
//   - the address from the street's name on, at both of its ends, so that an
//     address that was cut is found whichever half is left. Province, city and
//     district are no secret;
//   - the remark.
type Person struct {
	Index int

	Name     string
	Mobile   string // 1380000xxxx
	Landline string // 0431-80xxxxxx
	Virtual  string // 1700000xxxx-xxxx
	Address  string // what comes after the district
	Remark   string

	family, street, room, remark string // the unique parts
}

// MostPeople is how many people there are numbers for.
const MostPeople = 10_000 - roundest

// roundest is how many numbers nobody has, since they are hardly more than zeros:
// 11.717000000000001, a sum of durations, would hold somebody's.
const roundest = 1_000

// People returns n invented people, the same ones for the same seed. It panics
// beyond MostPeople. Every fourth has characters beyond the basic plane, a
// point in the name, or Latin letters.
func People(seed uint64, n int) []Person {
	if n < 0 || n > MostPeople {
		panic(fmt.Sprintf("canary: %d people, there are numbers for %d", n, MostPeople))
	}
	random := rand.New(rand.NewPCG(seed, 0xCA7A21))
	u := unique{random: random, given: map[string]bool{}}
	mobiles, virtuals := random.Perm(MostPeople), random.Perm(MostPeople)
	people := make([]Person, n)
	for i := range people {
		p := Person{
			Index:    i,
			Mobile:   fmt.Sprintf("1380000%04d", roundest+mobiles[i]),
			Landline: fmt.Sprintf("0431-80%06d", 100_000+89*mobiles[i]),
			Virtual:  fmt.Sprintf("1700000%04d-%04d", roundest+virtuals[i], 1000+random.IntN(9000)),
			street:   u.hanzi(4, false), room: u.token(), remark: u.token(),
		}
		switch i % 4 {
		case 0:
			p.family = u.hanzi(3, false)
			p.Name = "演示" + p.family
		case 1:
			p.family = u.hanzi(3, true)
			p.Name = "演示" + p.family
		case 2:
			p.family = u.hanzi(5, false)
			p.Name = "演示·" + p.family
		case 3:
			p.family = u.letters(10)
			p.Name = "Yanshi " + p.family
		}
		p.Address = fmt.Sprintf("演示%s路%d号%s室", p.street, 1+random.IntN(200), p.room)
		p.Remark = "演示备注" + p.remark
		people[i] = p
	}
	return people
}

// needles are what is looked for of a person.
func (p Person) needles() []needle {
	of := func(f Field, text string) needle { return needle{person: p.Index, field: f, text: text} }
	return []needle{of(Name, p.family), of(Street, p.street), of(Room, p.room), of(Remark, p.remark)}
}

// unique makes texts that have not been made before.
type unique struct {
	random *rand.Rand
	given  map[string]bool
}

func (u unique) make(n int, one func() rune) string {
	for {
		text := make([]rune, n)
		for i := range text {
			text[i] = one()
		}
		// Nobody is found in somebody else, which a last part in common could do.
		if tail := string(text[n-3:]); !u.given[tail] {
			u.given[tail] = true
			return string(text)
		}
	}
}

// hanzi takes characters that GB 18030 has from the start, and if rare the
// first beyond the basic plane.
func (u unique) hanzi(n int, rare bool) string {
	first := rare
	return u.make(n, func() rune {
		if first {
			first = false
			return 0x20000 + rune(u.random.IntN(0xA6D7))
		}
		return 0x4E00 + rune(u.random.IntN(0x51A6))
	})
}

// A token is looked for in capitals and in small letters.
func (u unique) token() string {
	return u.make(10, func() rune { return rune("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[u.random.IntN(32)]) })
}

func (u unique) letters(n int) string {
	return u.make(n, func() rune { return 'a' + rune(u.random.IntN(26)) })
}
