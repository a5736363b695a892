/**
 * Given names that are common in several languages: a column whose words begin with them holds names of people. They serve to
 * recognise names, never to invent them.
 */
export const givenNames: ReadonlySet<string> = new Set(
  `aaron ada adam adele adrian agnes ahmed aisha alan albert alejandro alessandro alex alexander alexandra ali alice alma amelia
  amina amy ana anastasia andre andrea andreas andrew andrzej angela anita anja ann anna anne annika anton antonia antonio arne
  arthur astrid barbara beatriz ben benjamin bernd bianca birgit bjorn boris brian bruno camille carl carla carlos carmen carol
  caroline catherine cem charles charlotte chiara chloe chris christian christina christine christopher clara claudia claire daniel
  daniela david deborah denise diana diego dieter dmitri dora dorothy edith eduardo edward elena eleanor eli elias elif elisabeth
  elizabeth ella ellen emil emily emma enzo eric erik ernst eva evelyn fabian fatima felix fernando finn florian frances francesca
  francesco francois frank franz fred freya gabriel gabriela george georg gerhard gianni giulia giovanni gloria grace greta guido
  gunnar gustav hana hannah hans harald harry hassan heidi heinz helen helena helmut henri henrik henry hiroshi hugo ian ibrahim ida
  igor ines inga ingrid irene iris isaac isabel isabella ivan ivo jack jacob jacques jakob james jan jana jane janet javier jean
  jennifer jens jessica joan joao johan johann johanna john jonas jorge jose joseph joshua juan judith julia julian julie jun jurgen
  justin karen karin karl karolina katarina kate katharina kathrin katja kenji kevin klaus kristina kurt lara lars laura laurent lea
  leila lena leo leon leonie liam lina linda lisa liv lucas lucia ludwig luigi luis luisa luka lukas luke magda magnus malin manuel
  marc marco margaret maria mariam marie mario marion mark markus marta martha martin martina mary mateo mathias matteo matthew
  matthias max maya mehmet mei mia michael michel michelle miguel mikael milan mila min ming mo mohammad mohammed monica monika muhammad
  nadia natalia nathalie nia nicholas nick nicola nicolas nicole niklas nils nina noah noor nora norbert ola olga oliver olivia omar
  oscar oskar otto owen pablo paola pascal patricia patrick paul paula pavel pedro peter petra philip philipp pia pierre piotr priya
  quin rachel raj ralf raul rebecca regina renate rene ricardo richard rita robert roberto roland rosa rose ruben ruth ryan sabine
  sam samantha samuel sandra sara sarah sebastian sergei sergio silvia simon simone sofia sonja sophia sophie stefan stefania stella
  stephan stephanie stephen steven sunil susan susanne sven svetlana sylvia tamara tanja tatiana teresa theo theresa thomas tia tim
  timo tobias tom tomas tomasz ulrich ursula uta uwe valentina vera veronica victor victoria viktor vincent virginia vladimir walter
  wei werner wilhelm william wolfgang xavier yan yannick yasmin yuki yusuf yvonne zoe`
    .split(/\s+/)
    .filter((name) => name !== ''),
)
