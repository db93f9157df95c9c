// The fields of an implementation list (实施清单要素) that a claim fills. Written by hand after the centre's table; the rules
// that both sides compare hold it to that.

export interface ClaimField {
  readonly name: string
  readonly zh: string
  readonly mandatory: boolean
  /** The site's own to say; the rest is inherited from the standard list. */
  readonly local: boolean
  readonly number: boolean
}

const field = (name: string, zh: string, flags = ''): ClaimField => ({
  name,
  zh,
  mandatory: flags.includes('m'),
  local: flags.includes('l'),
  number: flags.includes('n'),
})

/** `m` mandatory, `l` local, `n` a whole number. */
export const CLAIM_FIELDS: readonly ClaimField[] = [
  field('name', '事项名称', 'm'),
  field('type', '事项类型', 'm'),
  field('level', '行使层级', 'm'),
  field('code', '实施编码'),
  field('local_code', '地方编码'),
  field('dept_name', '实施主体', 'm'),
  field('dept_type', '实施主体性质'),
  field('entrusted_by', '委托部门'),
  field('joint_depts', '联办机构'),
  field('legal_basis', '设定依据', 'm'),
  field('project_type', '办件类型', 'm'),
  field('review_days', '下级审查时限', 'n'),
  field('legal_days', '法定办结时限', 'mn'),
  field('legal_days_unit', '法定时限单位'),
  field('legal_days_note', '法定时限说明'),
  field('promise_days', '承诺办结时限', 'mn'),
  field('promise_days_unit', '承诺时限单位'),
  field('promise_days_note', '承诺时限说明'),
  field('scene_num', '到办事现场次数', 'mn'),
  field('scene_reason', '必须现场原因'),
  field('online', '是否网办'),
  field('online_depth', '网办深度'),
  field('conditions', '受理条件', 'm'),
  field('served', '服务对象', 'm'),
  field('server_types', '服务对象类别'),
  field('handling_forms', '办理形式'),
  field('flow', '办理流程', 'm'),
  field('special_procedure', '特别程序'),
  field('intermediary', '中介服务'),
  field('materials', '材料目录', 'm'),
  field('fee', '是否收费'),
  field('fee_items', '收费项目'),
  field('fee_basis', '收费依据'),
  field('pay_online', '网上支付'),
  field('result_type', '结果类型'),
  field('result_name', '结果名称', 'm'),
  field('result_sample', '结果样本'),
  field('mail_materials', '材料可邮寄'),
  field('mail_result', '结果可邮寄'),
  field('delivery', '送达方式'),
  field('appointment', '是否预约'),
  field('in_hall', '进驻大厅'),
  field('self_service', '自助终端'),
  field('area', '通办范围'),
  field('topics', '主题分类'),
  field('user_topics', '个人主题'),
  field('corp_topics', '法人主题'),
  field('questions', '常见问题'),
  field('effective_from', '生效日期'),
  field('address', '办理地点', 'ml'),
  field('hours', '办理时间', 'ml'),
  field('consult_phone', '咨询电话', 'ml'),
  field('complain_phone', '投诉电话', 'm'),
  field('helper_name', '帮办人员', 'l'),
  field('map', '位置图', 'l'),
]

/** Claim field → item field, where they differ. */
export const ITEM_NAMES: { readonly [name: string]: string } = {
  dept_name: 'dept',
  legal_basis: 'basis',
  scene_num: 'visits',
  scene_reason: 'visits_reason',
  conditions: 'condition',
  served: 'target',
  result_name: 'result',
  address: 'where',
}
