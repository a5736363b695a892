import { readText } from './read-text.ts'
import { cellWriter } from '../text.ts'
const t = (cells: string[]) => { const {column, notes} = readText({kind:'text', name:'a', type:'VARCHAR', values: cells}); console.log(JSON.stringify(cells.slice(0,3)), column ? [[...column.values].slice(0,2), column.calendar?.format, column.calendar?.language, [...column.values].map(v=>cellWriter(column)!(v)).every((c,i)=>c===cells[i]) || [...column.values].map(v=>cellWriter(column)!(v))] : 'text', notes) }
t(['2021-04-06','2021-12-31'])
t(['22.02.2021','21.04.2023'])
t(['29.06.2023 09:49','12.06.2023 01:58'])
t(['20220212','20230504'])
t(['20220212093000','20230504235959'])
t(['3/4/2021','5/6/2021'])
t(['3/4/2021','13/6/2021'])
t(['3/4/2021','3/14/2021'])
t(['3/4/2021','12/11/2021','10/1/2021'])
t(['31/12/99','01/02/05'])
t(['1900-02-29','1900-02-28', ...Array(20).fill('2020-02-29')])
t(['12/31/2020 12:00 AM','1/2/2021 3:04 PM'])
t(['5 May 2021','6 May 2021'])
t(['5 May 2021','12 Jan 2020'])
t(['May 5, 2021','December 12, 2020'])
t(['05-JAN-2020','15-DEC-2021'])
t(['5. Januar 2020','12. Mai 2021'])
t(['Mon, 06 Jan 2020','Tue, 07 Jan 2020'])
t(['2020-01-31T08:00:00Z','2020-07-01T23:59:30Z'])
t(['2020-01-31T08:00:00+01:00','2020-07-01T23:59:30+02:00'])
t(['2020-01-31 08:00+01:00','2020-07-01 23:59+01:00'])
t(['2020-01-31 08:00:00.123','2020-07-01 23:59:01.500'])
t(['2020-01-31 08:00:00.123456','2020-07-01 23:59:01.500000'])
t(['2020-01-31','2020-07-01 23:59:01'])
t(['12 h 30','8 h 05'])
t(['12h30','08h05'])
t(['14:30 Uhr','08:05 Uhr'])
t(['3:04 pm','12:00 am'])
t(['5 PM','11 AM'])
t(['08:30:00','23:59:59'])
t(['May 2021','Jan 2020'])
t(['2021-05','2020-12'])
t(['janvier 2020','mars 2021'])
t(['2020-01-31','31/01/2020','01/31/2020'])
t(['9999-12-31','2020-01-01','0001-01-01'])
t(['10.0.0.1','10.0.0.2'])
t(['$5','$6'])
t(['12345678','87654321'])
{ const cells = Array.from({length:1e6},(_, i)=>new Date(1.6e12+ (i*7919_777)%1e11).toISOString().slice(0,19).replace('T',' '));
const t0=Date.now(); const u=process.cpuUsage().user; readText({kind:'text',name:'a',type:'V',values:cells}); console.log(Date.now()-t0,'ms', (process.cpuUsage().user-u)/1000) }
{ const cells = Array.from({length:1e6},(_, i)=>new Date(1.6e12+ (i*7919_777)%1e11).toISOString().slice(0,10).split('-').reverse().join('.'));
const t0=Date.now(); const u=process.cpuUsage().user; readText({kind:'text',name:'a',type:'V',values:cells}); console.log(Date.now()-t0,'ms', (process.cpuUsage().user-u)/1000) }
{ const cells = Array.from({length:1e6},(_, i)=>`word ${i} 12`);
const t0=Date.now(); const u=process.cpuUsage().user; readText({kind:'text',name:'a',type:'V',values:cells}); console.log(Date.now()-t0,'ms', (process.cpuUsage().user-u)/1000) }
