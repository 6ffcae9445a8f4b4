// Words of imaging that may stay in a cleaned descriptor: anatomy, views, planes, modalities, sequences, contrast, phases, findings.
// Sources: code meanings of the PS3.16 context groups on anatomy, views, acquisition and contrast (as held by pydicom 3.0.2, MIT),
// and descriptors in everyday use in English, German, French, Spanish and Italian, without accents. Left out on purpose: eponyms and
// words that are names of people, places or months as well (Waters, Towne, Rose, May). To add a word, ask first whether somebody
// may be called so.

export const VOCABULARY: ReadonlySet<string> = new Set(
  (
    'abd abdo abdomen abdomenpelvis abdominal abdominopelvic abdopelvis abducens abduction ablation ablavar abnormal ' +
    'abnormalities about abrupt abscess absence absent absorptiometry ac acanthioparietal accelerated acceleration ' +
    'accessory acetabulum acetrizoate acid acq acquired acquisition acromioclavicular acromion action active acute adc add ' +
    'addendum additional addl addome adduction adenohypophysis adenoid adenopathy adenosine adequate adjacent adjunct ' +
    'adjuvant administered administration adrenal adrenals adult adventitia afferent after agent air airway alexander alias ' +
    'all allergy alloy almost along also altered alternans alveolar ambulatory ammonia amniocentesis amnioinfusion amnion ' +
    'amygdala amyloid an anastomosis anatomical anatomy anca and anechoic anesthesia aneurysm angina angio ' +
    'angiocardiography angiogram angiography angioplasty angle ankle ankles annulus anomalous antecubital anterior ' +
    'anteriorly antero anterolateral anteroseptal anti antihelix antitragus antra anus anxiety any aorta aortic aortography ' +
    'aortopulmonary ap aperture apex apical app apparent appendage appendiceal appendicular appendix appliance applicator ' +
    'appropriate approved approximately aqueduct arachnoid arc arch architectural arcuate are area areas areola arm around ' +
    'arrest arrhythmia arrive artefact arterial arteries arteriogram arteriography arteriosum arteriosus arteriovenous ' +
    'artery arthritis arthrogram arthrography articular artifact artificial as ascending ascitic asl aspect aspirate ' +
    'aspiration assessment asset assigned assignment assisted associated asymmetric asymptomatic asystole at atelectasis ' +
    'atherectomy atlantal atlanto atresia atrial atrioventricular atrium atrophy attempted attenuation auditory aufnahme ' +
    'augmentation auricular automated automatic automatically autonomic autonomous autorefraction avec average averaged avg ' +
    'avm ax axi axial axilla axillary axis azygoesophageal azygos azygous b0 b1 bacino back background backrest baffle bag ' +
    'bailout balloon band barium basal base based baseline basic basilar basilic basis bassin bauch be beaded beam bearing ' +
    'because becken bedside been before beidseits being below benign between bh bidirectional bifurcation bilat bilateral ' +
    'bile biliary biomagnetic biopsy biparietal biphasic birefringence bite bladder blade bleed blind block blood bloody ' +
    'bmd body bold bolus bone bones boost border both bowel bowelbag boy brachial brachiocephalic brachytherapy bradycardia ' +
    'brain brainstem branch bravo breast breasts breath breathhold breathing breech bregma bright broad bronchial ' +
    'bronchiologram bronchogram bronchospasm bronchus bruising bssfp buccal buccinator bud bulb bulboventricular bullet ' +
    'bunamiodyl bundle burning bursa but buttock bws by bypass cabeza cadera cage calcaneal calcaneus calcification ' +
    'calcifications calcified calcium calf calib calibration callosum calyx camera canal cancel canceled cancer canine ' +
    'canthus cap capillary capsular capsule capture carbon carcinoma cardia cardiac cardiomegaly cardiophrenic ' +
    'cardiorespiratory cardiothoracic cardiovascular carina carnae carotid carotids carpus carrier cartilage caruncle ' +
    'cassette cast cath catheter catheterization caudad caudal caudate caudo caudocranial caudodistal caudodorsal ' +
    'caudoventral cava caviglia cavity cavum cbct cc cecum celiac cells center centered central centralis centrilobular ' +
    'cephalad cephalic cephalogram cerebellar cerebellum cerebral cerebrale cerebro cerebrospinal cerebrovascular cerveau ' +
    'cervical cervico cervix cessation ch chair challenge chamber change changes channel charging cheek chemotherapy chest ' +
    'cheville chiasm child children chills chloriodized cholangiography choline chordae chords choroid chronic ciliary cine ' +
    'cingulum circle circumference circumflex circumscribed ciss cisterna cited clariscan clavicle clavicular cleavage ' +
    'clinical clip clitoris clock closed closure clot clothing clustered cm coarctation coccygeal coccyx cochlea codo coeff ' +
    'coefficient coeliacus coeur coil coin colic collapse collar collateral collection collimator collision collo colon ' +
    'colonography colonoscopy color colostomy colour column columna combination combined command commissure common ' +
    'communicating communication communis comp compared comparison compatible compensation complete complex complicated ' +
    'complications composed composition compressed compression computed con concentration concha conclusion conclusions ' +
    'condition conduit cone confluence confocal conformal congenital congestive conjunctiva connection connective ' +
    'conservation consistent consolidation constant construction consult consulting containing content continuation ' +
    'continue continuing contour contralateral contrast contraste contrasto conversion convulsions copied cor coracoid ' +
    'corazon cord cordis cordocentesis core cornea corneal corona coronal coronaries coronary corpus correct corrected ' +
    'correction cortex corticobulbar corticospinal costal costarum costocervical cou couch coude cough cr crane craneo ' +
    'cranial cranio cranioproximal cranium crease creation crescent crosshair crosstable crus cryoablation cryotherapy csi ' +
    'csp cspine ct cta cte ctu ctv cube cubital cuello culprit cuore curative curettage curled current currently curvature ' +
    'curved cushion cut cutter cyanosis cyst cystic cytologic cytology damage data days dbt deceleration deciduous ' +
    'decreased decub decubitus deep defect deferens defibrillation defibrillator defined definity deg degenerative degree ' +
    'delay delayed delphian deltoid dementia demonstrated demonstrates dense densities density dental dependent deployment ' +
    'deprecated depression depth derecha derecho derived dermatitis dermoscopy descending destra destruction detachable ' +
    'detected device dexa dextran dextrocardia diabetes diabetic diag diagnostic diagonal diameter diaphanography diaphragm ' +
    'diaphragmatic diastasis diastole diastolic diatrizoate did died diencephalon diff difference difficult diffuse ' +
    'diffusion digit digital dilatation dilated dilation dimeglumine diode dioxide diprotrizoate dipyridamole direct ' +
    'directed disapproved disc discarded discharge discoloration discontinued disease disk disodium disorder dissection ' +
    'disseminated dissociation distal distance distorted distortion distribution division dixon dizziness dki dmsa ' +
    'dobutamine doc document domain donor doppler dorsal dorsalis dorsi dorso dorsocaudal dorsodistal dorsolateral ' +
    'dorsomedial dorsopalmar dorsoplantar dorsoproximal dorsorostral dorsum dose dosimeter dosimetry dotarem dotatate dr ' +
    'drainage droite drug dsa dti dtpa dual duct ductogram ducts ductus due duodenum duplex duplicate dura duration during ' +
    'dvt dwi dx dxa dye dyn dynamic dynava dyspnea ear early ears ecg echo echocardiogram echocardiography echogenic echos ' +
    'echovist ectasia edema edge eeg efferent effusion ejection ekg elbow elective electrocardiography ' +
    'electroencephalography electromechanical electromyography electrooculography electrophysiology electroporation ' +
    'elevation eligible ellenbogen elsewhere embolism embolization embolus embryonic emergent emission empted empty ' +
    'encefalo encephale end endo endocardial endocrine endometrial endometrium endoscopy endothelium endotracheal enema ' +
    'energy enhanced enhancement enhancing enlarged enlargement enteroclysis enterography entire entirely entorhinal entry ' +
    'envelope eosin eovist epaule epi epicardial epicardium epididymis epigastric epilepsy epileptic epiploic epithelium ' +
    'epitrochlear equal equidistant equilibrium equipment erect erector erythema es escape esophageal esophagram esophagus ' +
    'ethmoid eval evaluation evidence exaggerated exam examination excision excitation excretory exercise exp experimental ' +
    'expiration expiratory expired explantation exponential extended extending extension external extra extracardiac ' +
    'extracted extrapulmonary extravasation extremely extremities extremity eye eyeball eyebrow eyelash eyelid eyes face ' +
    'facet facial factor factors failed failure fallopian false family fascial fasciculus fast fat fatsat fb fdg febrile ' +
    'feces feeding feet fegato female femoral femur fetal fetlock fetocide fetus fever few ffd ffe fib fibers fibrillation ' +
    'fibro fibroglandular fibroma fibromuscular fibrosis fibrous fibula fibular fiducial fiesta fifth fill filling film ' +
    'filter filtered finding findings fine finger fingers fisp fissure fistula five fixation flair flank flash flexion ' +
    'flexure flight floor florbetapir flow fluid fluoro fluorodeoxyglucose fluoroscopy flutter fmri focal focused foetal ' +
    'foie fold follow following followup fontanel foot for foramen forceps forearm forefoot forehead foreign forelimb ' +
    'forensic formatted fornix fossa four fourth fov fovea fraction fractional fracture fractures frame frames free ' +
    'frenulum frog from frontal fronto frozen fs fse fspgr full func function functional fundus funiculus fuss ga68 gado ' +
    'gadobenate gadobutrol gadodiamide gadofosveset gadolinium gadopentetate gadoterate gadoteridol gadoversetamide ' +
    'gadovist gadoxetate gallbladder gas gastric gastro gastrocnemius gastroduodenal gastrointestinal gated gating gauche ' +
    'gd gefaesse gefasse gel general genetic genicular geniculate genital genitalia genitourinary genou genu geometry ' +
    'gestational gi gingiva ginocchio girdle girl gland glans glass glenoid glioma globus glossopharyngeal glottis glue ' +
    'gluteal glycolysis gm gomito gradient graft granular granuloma grappa grase gre great greater grid grip groin groove ' +
    'gross ground group grouped gtv guidance guided guiding gums gutter gyn habenular haemorrhage hair half halo hals ' +
    'hanche hand handgelenk handgrip hands hard hardware harvesting haste hasteirm head headache headframe headrest heart ' +
    'heel height held helical helix hematoma hematopoietic hematoxylin hemi hemisphere hemodynamic hemolymph hemoptysis ' +
    'hemorrhage hepatic hepatobiliary hernia herniated herz heterogeneously hiatus higado high highest hilar hilum hindfoot ' +
    'hindlimb hip hippocampus hips hires histology histopathology history hold hombro home honeycomb horizontal hormone hr ' +
    'hrct hrs huefte hufte humerus hws hyoid hypercholesterolemia hyperdense hyperechoic hyperintense hypersensitivity ' +
    'hypertension hyperventilation hypochondriac hypodense hypoechoic hypogastric hypoglossal hypointense hypopharynx ' +
    'hypoplastic hypotension hypothenar hysterectomy hz i131 iac iacs ideal idioventricular ileal ileocolic ileostomy ileum ' +
    'iliac iliocostalis ilium image imager images imagify imaging immunohistochemistry implant implantation implants ' +
    'impression impressions in inadequate inappropriate incisional incisor incisure including incomplete inconsistent ' +
    'incorrect incorrectly increased indeterminate index indication indications indicator indirect individual induced ' +
    'induction induration ineligible infant infarct infection inferior inferolateral inferomedial inferoseptal infiltrate ' +
    'inflammation inflammatory inflow infra infraalar infraclavicular infraspinatus infusate infusion inguinal initial ' +
    'injection injury inlay inner innermost innominate inphase insertion inside insp inspiration inspiratory instance ' +
    'institution insufficient insula insulin intact integrated intensity intent inter interatrial intercostal ' +
    'interdigitating interest interface interference interferometry interiliac interlobar interlobular intermediate ' +
    'internal interpectoral interrupted interstitial intertragal interval intervention interventricular intervertebral ' +
    'intestinal intestine intima into intra intracardiac intracranial intracystic intraglandular intralobular intraluminal ' +
    'intramammary intraocular intraoperative intraparotid intrapulmonary intrauterine intravascular introitus inverse ' +
    'inversion investigational involvement involving io iodamide iodinated iodine iodipamide iodixanol iodized ' +
    'iodoalphionic iodomethamate iodophthalein iodopyracet iohexol iomeron ion ionic iopamidol iopamiro iopanoic ' +
    'iophendylate iophenoxic iopromide iothalamate ioversol ioxaglate ioxilan ipodate ipsilateral ir iron irregular ' +
    'irreversible irrigation irritation irse is ischemia ischium iso isocentric isodense isodose isointense isorhythmic ' +
    'isovolumic isovue isthmus it itching its itv iv ivp ivu ivus izquierda izquierdo jaw jawline jejunostomy jejunum jet ' +
    'jewelry joint joints jpeg jugular junction junctional juxtaintestinal juxtaposed keratometry keratoscope kernel kev ' +
    'key kg khz kidney kidneys km knee kneeling knees knie knob known ko kontrast kontrastmittel kopf kub kurtosis kv kvp ' +
    'label labeling labia labium lacrimal lactated lacunar laden lambda lamina lao large larger largest laryngeal larynx ' +
    'laser lat late lateral laterality laterally latero laterodorsoproximal lateromedial latissimus lava lax layer ldct ' +
    'lead leaflet least leber left leg legs lemniscus length lens lenses lensometry lesion lesions lesser levatores level ' +
    'levels levovist lexiscan lge ligament ligamentum light like likely limb limbic limbs limbus limited limiting limits ' +
    'line linear lines lingual links lip liquid lithotomy little liver ll lm lobar lobe lobule loc local localiser ' +
    'localization localizer located log long longissimus longitudinal loop lordotic loss lossless lossy low lowdose lower ' +
    'lpo ls lsp lspine lt lucency lumbar lumbo lumbosacral lumen lump lumpectomy lung lunge lungs lws lying lymph ' +
    'lymphadenopathy lymphatic lymphoid lymphoma ma maa macula mag mag3 magnetic magnevist magnification main major majorum ' +
    'majus malabsorption male malignancy malignant malleolar mammary mammo mammogram mammographic mammography mammoplasty ' +
    'mandible mandibular maneuver mangafodipir manipulation manual manubrium map mapping maps margin marginal marked ' +
    'markedly marker marrow mas mask mass mastectomy mastoid mater material matter maxilla maxillary maximum mbq mcg mci ' +
    'mdp mean measured measures measuring media medial medially median mediastinal mediastinum medic medical medications ' +
    'medicine medio mediopalmarodistal medioplantarodistal medium meglumine membrane meninges meniscus menopausal menopause ' +
    'menstruation merge mesenteric mesentery mesocardia mesothelium metabolic metacarpal metacarpus metal metastases ' +
    'metastasis metastatic metatarsus method metrizamide metrizoate mets mezzo mg mgi mhz microbubbles microcysts ' +
    'microdissection microdosimetric micronodule microscopy mid midbrain midcolic middle midlung mild mildly miliary ' +
    'minimal minimum minip minor minora minus mip mips mitral ml mlo mm mobile mode model moderate moderately modified ' +
    'modifier molar mold molli monitoring mono monoenergetic montage month months morphologically mortice mosaic mother ' +
    'motion motor mouse mouth moveable movement mp mpgr mpr mprage mprs mr mra mrcp mre mri mrs mrsi mrt mrv ms ' +
    'mucocutaneous mucosa multi multifocal multihance multiparametric multiphase multiplanar multiple multislice muneca ' +
    'murmur muscle muscles musculoskeletal myelin myelogram myelography myocardial myocardium nac naf nail narrowing nasal ' +
    'nasi nasion nasolabial nasopharyngeal nasopharynx nativ native nausea navicular near neck necrosis necrotic needle ' +
    'negative neo neoaortic neonatal neonate neoplasia neoplasm nephrographic nerve nerves nervous network neurohypophysis ' +
    'neurovascular neutral newborn nickel niere nieren nigra nipple nm no nodal node nodes nodular nodule nodules nominal ' +
    'non noncontrast nondiagnostic none nonenhancing nonparoxysmal nonsustained nor normal nose not notch note noted nuchal ' +
    'nuclear nucleus nulliparous nurse oar ob oberbauch oberer oberes oberschenkel object objects obl obliq oblique ' +
    'obstetric obstruction obstructive obtained obturator occipital occlusal occlusion oct oculomotor oedema oesophagus of ' +
    'off oil old olfactory oligemia omental omentum omnipaque omniscan on only onset onto op opacities opacity opaque ' +
    'operating operation operational operative ophthalmic opposed optic optical optimized optiray optison or oral orange ' +
    'orbit orbita orbital orbitoparietal orbits order ordered organ organs orifice origin original oropharyngeal oropharynx ' +
    'orthopedic osteo osteoarthritis ostium ot other out outer outflow outlets outphase outside ovarian ovary over overall ' +
    'oxygen pa paced pacemaker pacing package pad paddle paediatric pain palate palatine palatoglossal palliative pallor ' +
    'palm palmar palmarodistal palmarolateral palmaromedial palmaroproximal palpated palpation palpitations pancreas ' +
    'pancreatic pancreaticoduodenal pancreaticosplenic panoramic papillary para paracervical paracoronal paraesophageal ' +
    'parallel parallelepiped paramammary parameter parametrial paranasal pararectal parasagittal paraspinal parasternal ' +
    'parathyroid paratracheal paravaginal paravesicular parenchymal paresthesia parietal parieto parietoacanthial parotid ' +
    'parotids paroxsysmal paroxysmal part partial particulate passive pastern patella patent path pathology pathway patient ' +
    'patients pattern pc pcmra pd pdw pe peak peau pectoral pectoralis pectoris ped pediatric pedicle peds peduncle ' +
    'pellucidum pelvic pelvis penile penis per percutaneous perf perforating perforator perforators perfusion peri ' +
    'pericardial pericardiophrenic pericardium perigastric perilesional perimeter perineum period perioral peripancreatic ' +
    'peripheral peritioneum peritoneal permanent peroneal perpendicular persistent pet petct petmr petrous phalanx phantom ' +
    'pharmacologic pharmacological pharyngeal pharyngotympanic pharynx phas phase phases philtrum phonation photoacoustic ' +
    'photodynamic photography photomicrography photoreceptors phrenic physical pia pigmentation pilot pin pineal pinna ' +
    'pituitary placement placenta placing plain plan plane plantar plantarodistal plantarolateral plantaromedial ' +
    'plantaroproximal plantodorsal plaque plastic plate pleonemia pleura pleural plexus plus pneumomediastinum pneumonia ' +
    'pneumothorax po poignet point polso polymer polymorphic polyurethane pool poor popliteal portable portacath portal ' +
    'portalvenous portion position positive positron possible post postauricular postaxial postductal posterior postero ' +
    'posterolateral posteromedial postop postoperative postprocedure postsurgical postvesicular poumon power pr pre ' +
    'preauricular preaxial prececal preductal prefemoral pregnant prelaryngeal premolar premonitoring preop preoperative ' +
    'prep preparation prepericardial prepuce presence present presentation press pressure presymphysial pretracheal ' +
    'prevascular prevented preventive prevertebral prevesicular previous previously primary primitive primovist prior ' +
    'probable probably problem procedure process processed processing profil profile profunda prohance projection prolapse ' +
    'proliferative promontory pronation prone propeller proper prophylactic propyliodone prospective prostaglandin prostate ' +
    'prostatectomy prostatic prosthesis prosthetic protocol proton proven proximal proximo prs pseudoplaque pseudotumor ' +
    'psir psma pt ptv pubis pulm pulmon pulmonary pulmonic pulse pupillograph putamen pwi px pyloric pyriform qct quadrant ' +
    'quadrantectomy quality quantification quantity rachide rachis rad radial radiata radiation radical radioactive ' +
    'radiofluoroscopy radiofrequency radiograph radiographic radiography radioisotope radiologic radiolucent radionuclide ' +
    'radiopaque radiopharmaceutical radiotherapy radius rage ramp ramus rao rash rate ratio raw real reason reasons recall ' +
    'receiving recent recess rechts reciprocating recommendation recommendations recommended recon reconstruct ' +
    'reconstruction recovery rectal rectum recumbent recut redistribution reduction reentrant ref reference reflection ' +
    'reformat reformats reformatted refused reg regadenoson region regional regions registration regurgitant regurgitation ' +
    'reimbursement reinjection rejected removal renal render rendering repair repeat replacement report reported ' +
    'representative request requested res rescheduled rescheduling resolution resolved resonance resource resp respiratory ' +
    'response rest restaging resting restraint result resume reticular reticulonodular retina retinal retraction retro ' +
    'retrocecal retromolar retroperitoneal retroperitoneum retropharyngeal retropyloric retrospective retrotracheal ' +
    'reversible review rf rheumatic rhythm rib ribs right ring risk rl rnc rodilla rolled room root rostral rostrocaudal ' +
    'rostrodorsal rostroventral rotary rotation rotational rounded routine rpo rt rtdose rtimage rtplan rtstruct rubidium ' +
    'rule ruler runoff rupture rws sac sacral sacro sacroiliac sacrum sag sagittal sagittale saline salivary salvage sample ' +
    'sampling sans saphenofemoral saphenopopliteal saphenous sarcoma sat sats saturated saturation save sax sc scalene ' +
    'scalenous scalp scan scanner scanning scanogram scans scaphoid scapula scapular scar scattered schadel schaedel ' +
    'scheimpflug schulter sclera sclerosis score scoring scout scouts scraping screen screening scrotal scrotum scrub se ' +
    'seat sebaceous sec secondary section sectional sectioning sections sedation seen seg segment segmental segmentation ' +
    'segmentectomy segmented segments seitlich seizure seizures selected selection selective sella semi semiautomatic ' +
    'seminal sensation sense sensor sentinel senza septal septum seq sequence sequenced series serratus sesamoid sestamibi ' +
    'set setup several severe severely shading shadow shadowing shaft shaking shallow shape sharp sheath shield shielding ' +
    'shim shin short shot shoulder shoulders show shown shows shunt side sided sigmoid sign signal signet signs silicone ' +
    'simple sin since single sinistra sino sinus sinuses site sitting sixth size skeletal skeleton skewness skin skull slab ' +
    'sleep slice slices slide sliding slight slightly slit slow sm small smaller smallest smartprep smear smoker smoking ' +
    'smooth sodium soft sole soleal solid sonazoid sono source space spalla spatial specific specified specimen spect ' +
    'spectral spectroscopy specular spgr sphenoid sphere sphincter spin spinae spinal spinalis spine spinous spiral spleen ' +
    'splenic splenium spot sprunggelenk sr ssfp ssfse stable stack staging stain staining stainless standard standardized ' +
    'standing staple start state static stationary status std steady steam stenosis stent stented step stereometric ' +
    'stereotactic stereotactically sterile sternal sternoclavicular sternocleidomastoid sternum stiffle stimulation stir ' +
    'stoma stomach stooped storage stress stretcher stria striatum stripe stroke stroma strong strongly structure ' +
    'structured structures studies study stump sub subacute subaortic subarachnoid subareolar subcapsular subcarinal ' +
    'subclavian subcortical subcostal subcutaneous subiliac subject subjective submandibular submental submentovertical ' +
    'submission suboptimal subpleural subpyloric subscapular subscapularis subsegmental substance substantia subtracted ' +
    'subtraction subxiphoid suggestive sum summary superficial superior supernumerary superolateral supination supine ' +
    'supported supporting supportive suppressed suppression supra supraclavicular supraglottis supramammary suprapulmonic ' +
    'suprapyloric supraspinatus suprasternal supraventricular surface surgery surgical survey surview suspected suspend ' +
    'suspicious sustained suture svs swab swallow swan sweating swelling swi switch sympathetic symphysis symptom symptoms ' +
    'synchronized syncope syndrome synthetic system systemic systems systole systolic t1 t1w t2 t2w table tachycardia tag ' +
    'tagging tail taken taking talus tangential tap tapetum targeted tarsal tarsus task taste tau tc99m technetium ' +
    'technical technique tee teeth telencephalon temperature temporal temporomandibular tendineae tendon tensor teres ' +
    'terminal terminalis termination test testicular testis tetralogy texture tfe thalamic thalamus thallium than that the ' +
    'then thenar therapeutic therapy there thermal thermography thermoluminescent these thick thickening thigh thin this ' +
    'thoracentesis thoracic thoracis thoraco thoracoabdominal thorax those threshold thrive thrombolytic thrombosis ' +
    'thrombus through thumb thymus thyrocervical thyroid tib tibia tibial tile time timing tip tir tirm tissue titanium tl ' +
    'tmj to tobillo toe toes tof tomo tomographer tomography tomosynthesis tongue tonsil tooth topical topo topogram ' +
    'topographer topographic topographical topography torax torsades torsion torus total touch tra trabeculae trabecular ' +
    'trace tracer trachea tracheal tracheobronchial tracheotomy track tracking tract traction tractography tragus tramline ' +
    'trans transcatheter transesophageal transforamenal transform transfusion transit transition transjugular transluminal ' +
    'transoral transorbital transplant transport transposition transseptal transthoracic transversal transverse transversus ' +
    'trapezius trapping trauma treatment tree trial triangle triatriatum tributary tricks tricuspid trigeminal trigger ' +
    'triggered triggering trigone triple trisodium trochanter trochlear tru trufi truncal truncus trunk tse tsp tspine tte ' +
    'tubal tube tubercle tubes tubular tumor tumour tunnel turbo turcica twist two type tyropanoate ulcer ulna ulnar ultra ' +
    'ultrafast ultrasonic ultrasonography ultrasound ultravist umbilical umbilicus unadministered unchanged uncinate ' +
    'uncompressed uncorrected under undiluted unenhanced ungated unilateral unit unknown unremarkable unspecified ' +
    'unterbauch unterer unteres unterschenkel untersuchung up upper upright uptake ureter ureteral ureteric urethra ' +
    'urethral urgent urinary urine urogram urography urostomy urticaria us use user usg using uterine uterus uvula vacuum ' +
    'vagal vagina vaginal vagus value valve valved valveless valvular variance vas vascular vascularity vasoconstriction ' +
    'vasodilatation vasovagal vein veins velocity ven vena venipuncture venogram venography venous ventilation ventral ' +
    'ventricle ventricular ventriculogram ventriculography ventro ventrocaudal ventrorostral vermilion vertebra vertebral ' +
    'vertex vertical verticosubmental vertrebrae very vesical vesicle vesicular vessel vessels vestibule vestibulocochlear ' +
    'via vibe video view views virtual visible visipaque vista visual vital vitelline vitreous voiding vol volume vomer ' +
    'vomiting vr vrt vulva vulval w wall wandering warm was waste water wave weak weakly weakness weal wedge week weeks ' +
    'weight weighted weighting were which whole width window windows wirbelsaeule wirbelsaule with within without wo woman ' +
    'workitem worklist world wout wrist wrists xa xc xccl xenon xiphoid xr xray xrf year years zone zygoma'
  ).split(' '),
);
