package notice

// aboutFleetBench is about a station in its fleet: what it has claimed, and what it
// may print.
var aboutFleetBench = sentences{
	// how many labels
	"fleet-away-lot": {
		"The fleet's database is away: %d labels of the offline lot can print, and this station's own. The others wait until it is back.",
		"多站数据库已断开：离线批次中的 %d 张面单以及本站自己的面单仍可打印，其余等待恢复。",
	},
	"fleet-away-label": {
		"The label waits for the fleet's database: only that says whether this station may print it.",
		"面单在等待多站数据库：只有数据库能确认本站可以打印。",
	},
	"fleet-taken": {
		"A neighbour has the label: it is not this station's any more.",
		"面单已转到其他工位，本站不再打印。",
	},
	"fleet-wanted-back": {
		"The label was asked back in the room and goes to another station.",
		"面单已在总览中收回，将由其他工位打印。",
	},
	"fleet-resolved": {
		"Somebody has given their word on the label in the room.",
		"已有人在总览中确认了该面单的结果。",
	},
	"fleet-left": {
		"The station has left the fleet: the label went back to the others.",
		"本站已退出多站协作，面单已退回给其他工位。",
	},
	// the station
	"fleet-revoked": {
		"Station %s is not a member of the fleet any more. Its labels of the fleet are out of the queue; its own still print. To join again: miandan fleet join.",
		"工位 %s 已不在多站协作中。多站的面单已移出队列，本站自己的面单仍可打印。重新加入：miandan fleet join。",
	},
	"fleet-revoked-label": {
		"The station is not a member of the fleet any more: others print the label.",
		"本站已不在多站协作中，面单由其他工位打印。",
	},
	// the label
	"fleet-not-opened": {
		"Label %d of the fleet does not open with this station's key. It waits until a station that holds the platform's secrets has wrapped it for this one.",
		"本站密钥无法打开多站面单 %d。需等待平台工位为本站重新封装。",
	},
	// the label
	"fleet-doubt": {
		"Label %d of the fleet may have been printed here before, and this station does not know. Look for it, and say in the room whether it is there.",
		"多站面单 %d 可能已在本站打印过，但本站没有记录。请查找该面单并在总览中确认。",
	},
	// the label
	"fleet-contradicted": {
		"The fleet knows something else of label %d than this station. It stands in the room for a person to look at.",
		"多站数据库对面单 %d 的记录与本站不一致，请在总览中人工核对。",
	},
	"fleet-restored": {
		"The fleet's database is an old copy. All that had not ended stands in the room as unknown: look which of those labels are there.",
		"多站数据库是旧备份。所有未完成的面单在总览中标记为未知，请逐一核对是否已打印。",
	},
	"fleet-secrets": {
		"This station is a bench of the fleet and has platforms or carriers in its settings. Their secrets belong to platform stations only: take [jd], [jdl], [express], [[wujie]], [[account]] and [[folder]] out of the settings, or join with a code of: miandan fleet invite NAME --platform.",
		"本站是多站协作中的普通工位，但设置中有平台或快递。其机密只能存放在平台工位：请从设置中移除 [jd]、[jdl]、[express]、[[wujie]]、[[account]] 和 [[folder]]，或使用 miandan fleet invite 工位名 --platform 生成的加入码加入。",
	},
	"fleet-no-key": {
		"The settings say that this station is a member of a fleet, and its key or password is not in the key store. Join again: miandan fleet join.",
		"设置表明本站属于多站协作，但密钥库中没有相应的密钥或密码。请重新加入：miandan fleet join。",
	},
	// how many, since when
	"fleet-untold": {
		"The fleet has not been told yet what became of labels: %d times, the oldest since %s.",
		"尚有 %d 条面单结果未告知多站数据库，最早自 %s。",
	},
	// seconds
	"fleet-clock": {
		"This computer's clock differs from the database's by %d s. Deadlines are shown wrongly by that much: set it right.",
		"本机时钟与数据库相差 %d 秒，时限显示会有同样偏差，请校准。",
	},
	// the order
	"fleet-order-away": {
		"Order %s is not at this station, and the fleet cannot be asked for it: its database is away. Ask again when it is back.",
		"订单 %s 不在本站，且多站数据库已断开，无法领取。恢复后请重试。",
	},
	// the order
	"fleet-order-none": {
		"The fleet has no label of order %s to print: it has no number yet, is on paper already, or is not known. The room says which.",
		"多站中没有订单 %s 待打印的面单：尚未取号、已打印或不存在，请在总览中查看。",
	},
	// the order
	"fleet-order-not-here": {
		"The label of order %s waits for another place or another paper than this station's. A lead can move it in the room.",
		"订单 %s 的面单指定了其他工位或其他纸张，组长可在总览中移动。",
	},
	// the order, the station
	"fleet-order-elsewhere": {
		"Order %s is at station %s: it prints there, or somebody has to say in the room what became of it.",
		"订单 %s 在工位 %s：由该工位打印，或需在总览中确认结果。",
	},
	// the order
	"fleet-order-many": {
		"This station holds as many labels of the fleet as it may, and cannot take order %s as well. Ask again when some have printed.",
		"本站已领取的多站面单达到上限，暂不能再领取订单 %s。打印一些后请重试。",
	},
	// the waybill
	"fleet-waybill-elsewhere": {
		"Waybill %s was not printed at this station. Another station of the fleet has printed it: scan or reprint it there, or have a lead do so in the room.",
		"运单 %s 不是本站打印的。请在打印它的工位扫描或补打，或由组长在总览中处理。",
	},
	// has, of
	"fleet-lot-short": {
		"%d of %d labels of the offline lot are filled. The rest comes with the next labels that are claimed.",
		"离线批次已有 %d/%d 张面单，领取新面单时补足。",
	},
}
