import { loadScenario } from "./sim/scenarios/load-scenario.ts";
import { runGeneralisation } from "./sim/experiment/generalisation/run-generalisation.ts";
const scenario=loadScenario(process.argv[4]??"vol-shock");
const t=performance.now();
const r=await runGeneralisation({scenario,models:["constant","realised-vol","smile-level","polynomial","ridge"],masterSeed:1,replicates:Number(process.argv[2]??200),jobs:Number(process.argv[3]??1),onProgress:(d,n)=>{ if(d===n) console.log(d,n,((performance.now()-t)/1000).toFixed(1)); }});
console.log("total",(performance.now()-t)/1000);
const f=(x:any)=>x==null?"-":typeof x==="string"?x:x.toFixed(2);
for(const m of r.generalisation.models) console.log(m.name,m.complexity,"failed",m.failedFits,"fit",f(m.fit.median),"calm",f(m.calm.median),f(m.calm.mean),"opt",f(m.optimism.median),"gap",m.gaps.filter(c=>c.age===86400&&c.design==="listed").map(c=>f(c.gap.median)).join(" "),m.versusAttainable&&[m.versusAttainable.verdict,f(m.versusAttainable.d.median),f(m.versusAttainable.adjustedLower),f(m.versusAttainable.upper),f(m.versusAttainable.threshold),f(m.versusAttainable.powerAtThreshold),f(m.versusAttainable.smallestDetectableVp)].join(" "),JSON.stringify(m.breakingPoint));
console.log(JSON.stringify(r.generalisation.controls,null,1));
