--- Lists the letters that Unicode can also write as a letter and a mark.
--- `mkrun.address` compares addresses with this list.
---
--- The list has all such letters of the Latin, Greek (without the old accents
--- of U+1F00 to U+1FFF) and Cyrillic blocks: U+00C0 to U+024F, U+0370 to
--- U+052F, U+1E00 to U+1EFF.  Source: the canonical decompositions of Unicode's
--- UnicodeData.txt.
-- SPDX-License-Identifier: MIT

--- For each mark: its code point, its class (marks of different classes have no
--- order), and the letters, each after the letter without the mark.
---@type {[1]: integer, [2]: integer, [3]: string}[]
return {
  { 0x0300, 230,
    "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐ"
    .. "иѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờ"
    .. "ƯỪưừYỲyỳ" },
  { 0x0301, 230,
    "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃ"
    .. "nńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ"
    .. "¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώ"
    .. "ϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍ"
    .. "ŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚ"
    .. "ơớƯỨưứ" },
  { 0x0302, 230,
    "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴ"
    .. "jĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ" },
  { 0x0303, 230,
    "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼ"
    .. "eẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ" },
  { 0x0304, 230,
    "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢ"
    .. "æǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡ"
    .. "ḶḸḷḹṚṜṛṝ" },
  { 0x0306, 230,
    "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁ"
    .. "жӂАӐаӑЕӖеӗȨḜȩḝẠẶạặ" },
  { 0x0307, 230,
    "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋ"
    .. "FḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦ"
    .. "šṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ" },
  { 0x0308, 230,
    "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔ"
    .. "ЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪ"
    .. "өӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄwẅ"
    .. "XẌxẍtẗ" },
  { 0x0309, 230,
    "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞ"
    .. "ơởUỦuủƯỬưửYỶyỷ" },
  { 0x030A, 230,
    "AÅaåUŮuůwẘyẙ" },
  { 0x030B, 230,
    "OŐoőUŰuűУӲуӳ" },
  { 0x030C, 230,
    "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽ"
    .. "zžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯ"
    .. "jǰHȞhȟ" },
  { 0x030F, 230,
    "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ" },
  { 0x0311, 230,
    "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ" },
  { 0x031B, 216,
    "OƠoơUƯuư" },
  { 0x0323, 220,
    "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢ"
    .. "sṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọ"
    .. "ƠỢơợUỤuụƯỰưựYỴyỵ" },
  { 0x0324, 220,
    "UṲuṳ" },
  { 0x0325, 220,
    "AḀaḁ" },
  { 0x0326, 220,
    "SȘsșTȚtț" },
  { 0x0327, 202,
    "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨ"
    .. "eȩDḐdḑHḨhḩ" },
  { 0x0328, 202,
    "AĄaąEĘeęIĮiįUŲuųOǪoǫ" },
  { 0x032D, 220,
    "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ" },
  { 0x032E, 220,
    "HḪhḫ" },
  { 0x0330, 220,
    "EḚeḛIḬiḭUṴuṵ" },
  { 0x0331, 220,
    "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ" },
}
