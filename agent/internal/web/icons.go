package web

// Icon is the outline of a place's sign, on a square of 24.
func (v view) Icon(place string) string {
	icons := map[string]string{
		"start":    "M5 3h2.2v1.2H20l-3 4.6 3 4.6H7.200V21H5zm2.200 3.400v4.800h8.800l-1.600-2.400 1.600-2.400z",
		"bench":    "M4 4h16v2.2H4zm0 5h16v2.2H4zm0 5h10v2.2H4zm0 5h7v2.2H4zm12.2-3.6 1.9 1.9 3.8-3.9 1.5 1.5-5.3 5.4-3.4-3.4z",
		"room":     "M2.500 4h19v13h-19zm2.200 2.200v8.600h14.600V6.200zM8 19h8v2.200H8zM6.500 8.500h4v4h-4zm6 0h5v1.600h-5zm0 2.700h5v1.600h-5z",
		"waves":    "M3 5h7v7H3zm11 0h7v7h-7zM3 14.5h7V21H3zm11 0h7V21h-7zM5.2 7.2v2.6h2.6V7.2zm11 0v2.6h2.6V7.2z",
		"orders":   "M5 2.5h14v19l-3.5-2-3.5 2-3.5-2-3.5 2zm2.2 2.2v12.9l1.3-.8 3.5 2 3.5-2 1.3.8V4.7zM9 8h6v2H9zm0 4h6v2H9z",
		"history":  "M12 3a9 9 0 1 1-8.6 6.4l2.1.6A6.8 6.8 0 1 0 12 5.2c-1.8 0-3.5.7-4.7 1.9L9.5 9H3V2.600l2.700 2.900A9 9 0 0 1 12 3zm-1 4.500h2.200V12l3.200 1.900-1.100 1.900L11 13.200z",
		"printers": "M7 2.500h10V8H7zm2.200 2.200v1.100h5.600V4.700zM3 8.500h18V18h-4v3.500H7V18H3zm2.200 2.200v5.100H7V14h10v1.800h1.800v-5.100zM9.200 16v3.300h5.600V16z",
		"layouts":  "M4 3h16v18H4zm2.200 2.200v4.600h11.600V5.200zm0 6.800v6.800h4.600V12zm6.800 0v6.800h4.800V12z",
		"settings": "M4 6h8.200a3 3 0 0 1 5.600 0H20v2.200h-2.200a3 3 0 0 1-5.600 0H4zm0 9.800h2.200a3 3 0 0 1 5.600 0H20V18h-8.200a3 3 0 0 1-5.600 0H4z",
		"doctor":   "M9 3h6v6h6v6h-6v6H9v-6H3V9h6zm2.200 2.200v6H5.200v1.600h6v6h1.600v-6h6v-1.600h-6v-6z",
		"callers":  "M9.500 7H6a5 5 0 0 0 0 10h3.500v-2.200H6a2.800 2.800 0 0 1 0-5.600h3.500zm5 0H18a5 5 0 0 1 0 10h-3.500v-2.200H18a2.800 2.800 0 0 0 0-5.600h-3.500zM8 10.900h8v2.200H8z",
	}
	return icons[place]
}
