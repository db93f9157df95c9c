// Why a list came back (退回原因), in words. Loaded with the screen that needs it. Law: every code that the centre can give
// has its words here; one that only a newer centre knows is shown as it is.

import { language } from './say'

export const RETURN_REASONS: { readonly [code: string]: readonly [zh: string, en: string] } = {
  basis_repealed: ['设定依据已废止', 'the law it rests on was repealed'],
  blank_form_missing: ['申请表须可下载空表和样表', 'forms need a blank and a sample to download'],
  catch_all_material: ['不得有“其他材料”之类的兜底材料', 'catch-all materials are not allowed'],
  claim_value: ['有要素填得不对', 'a value is wrong'],
  code_differs: ['实施编码与基本编码不一致', 'the implementing code does not hold the base code'],
  contact_wrong: ['办理地点、时间或电话有误', 'place, hours or phone are wrong'],
  copied_place: ['照抄了别处的内容', 'the text of another place was copied'],
  decline_not_accepted: ['不认领的理由不成立', 'the reason for declining is not accepted'],
  depth_scene_conflict: ['四级网办的到场次数应为 0', 'depth IV means no visits'],
  duplicate_claim: ['重复认领', 'it is claimed twice'],
  fee_basis_missing: ['收费须有依据', 'a fee needs its basis'],
  fee_items_missing: ['收费须写明收费项目和标准', 'a fee needs its items and rates'],
  fee_wrong: ['收费信息有误', 'what is said of fees is wrong'],
  field_missing: ['有必填要素没有填', 'something mandatory is empty'],
  flow_incomplete: ['许可流程不完整', 'steps of the licence’s flow are missing'],
  free_pay_conflict: ['不收费就没有网上支付', 'without a fee there is no online payment'],
  implementing_code: ['实施编码不对', 'the implementing code is wrong'],
  instant_conflict: ['即办件的承诺时限应为 0', 'an instant item promises 0 days'],
  level_wrong: ['行使层级有误', 'the level is wrong'],
  mail_missing: ['不到现场又不能网办，须可邮寄', 'no visit and not online: it must be possible by mail'],
  material_cancelled: ['列了已取消的材料', 'a cancelled material is asked for'],
  material_form_missing: ['材料未写明原件复印件和份数', 'a material does not say its form or copies'],
  material_not_listed: ['有材料不在目录所列中', 'a material is not among the catalogue’s'],
  name_differs: ['事项名称与目录不一致', 'the name is not the catalogue’s'],
  phone_area_code: ['电话应带区号', 'the phone needs its area code'],
  phones_equal: ['咨询与投诉电话不能相同', 'the phones for questions and complaints must differ'],
  promise_not_cut: ['承诺时限未压缩', 'the promised time was not shortened'],
  promise_over_statutory: ['承诺时限长于法定时限', 'the promised time is longer than the statutory'],
  promised_conflict: ['承诺件须写明承诺时限', 'a promised item needs its days'],
  questions_missing: ['行政许可至少列一个常见问题', 'a licence answers at least one common question'],
  result_sample_missing: ['出证出文须附结果样本', 'a certificate or document needs a sample'],
  result_type_conflict: ['结果为证照，结果类型应为出证', 'the result is a certificate, its type must say so'],
  scene_reason_missing: ['须到现场的，应写明原因', 'visits to the hall need a reason'],
  topic_conflict: ['服务对象与主题分类不符', 'the topics are not those of whom it serves'],
  type_differs: ['事项类型与目录不一致', 'the type is not the catalogue’s'],
  village_licence: ['村级不能实施行政许可', 'a village cannot issue a licence'],
}

export function reasonWords(code: string): string {
  return RETURN_REASONS[code]?.[language.value === 'zh' ? 0 : 1] ?? code
}
