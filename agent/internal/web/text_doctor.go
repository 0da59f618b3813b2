package web

// writtenOfDoctor are the words of places/doctor.html.
func writtenOfDoctor() words {
	return words{
		"doctor":       {"Doctor", "工位体检"},
		"doctor-copy":  {"Copy as text", "复制为文字"},
		"doctor-again": {"Look again", "重新检查"},
		"doctor-wait":  {"Looking …", "正在检查……"},
	}
}

// spokenOfDoctor are those that doctor.js puts together.
func spokenOfDoctor() words {
	return words{
		"doctor-wrong":    {"To put right: {0}", "需处理 {0} 项"},
		"doctor-warnings": {"To see to: {0}", "请留意 {0} 项"},
		"doctor-fine":     {"All is well", "一切正常"},
		"doctor-when":     {"looked at {0}", "检查于 {0}"},
		"verdict-wrong":   {"Wrong", "有问题"},
		"verdict-warning": {"See to it", "请留意"},
		"verdict-fine":    {"Fine", "正常"},
	}
}
